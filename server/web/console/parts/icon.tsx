// Small signs: each state has a shape of its own, so that its colour is never all that tells it.

const PATHS = {
  live: "M8 3.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9Z",
  ring: "M8 3a5 5 0 1 1 0 10A5 5 0 0 1 8 3Zm0 1.8a3.2 3.2 0 1 0 0 6.4 3.2 3.2 0 0 0 0-6.4Z",
  warning: "M8 2 15 14H1L8 2Zm-.9 4.5.3 3.8h1.2l.3-3.8H7.1ZM8 11.2a.9.9 0 1 0 0 1.8.9.9 0 0 0 0-1.8Z",
  bad: "M5.2 2h5.6L14 5.2v5.6L10.8 14H5.2L2 10.8V5.2L5.2 2Zm.6 2.6L4.6 5.8 6.8 8l-2.2 2.2 1.2 1.2L8 9.2l2.2 2.2 1.2-1.2L9.2 8l2.2-2.2-1.2-1.2L8 6.8 5.8 4.6Z",
  well: "M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2Zm3.2 3.6L7.1 9.7 4.9 7.5 3.8 8.6l3.3 3.3 5.2-5.2-1.1-1.1Z",
  done: "M3 3h10v10H3V3Zm2 2v6h6V5H5Z",
  wait: "M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2Zm0 1.6a4.4 4.4 0 1 0 0 8.8 4.4 4.4 0 0 0 0-8.8ZM7.2 5h1.5v3l2 1.2-.8 1.2-2.7-1.6V5Z",
  viewers:
    "M8 3.5c3.2 0 5.6 2 7 4.5-1.400 2.500-3.800 4.500-7 4.500S2.400 10.500 1 8c1.400-2.500 3.800-4.500 7-4.500Zm0 1.700a2.800 2.800 0 1 0 0 5.600 2.800 2.800 0 0 0 0-5.600Zm0 1.400a1.400 1.400 0 1 1 0 2.800 1.400 1.400 0 0 1 0-2.800Z",
  copy: "M5 2h8v9h-2V4H5V2ZM3 5h7v9H3V5Zm1.500 1.500v6h4v-6h-4Z",
  search:
    "M7 2a5 5 0 0 1 4 8l3 3-1.200 1.200-3-3A5 5 0 1 1 7 2Zm0 1.700a3.300 3.300 0 1 0 0 6.600 3.300 3.300 0 0 0 0-6.600Z",
  plus: "M7.100 3h1.800v4.100H13v1.800H8.900V13H7.100V8.900H3V7.100h4.100V3Z",
  out: "M9 2h5v5h-1.700V4.900L7.600 9.600 6.400 8.400l4.700-4.700H9V2ZM3 4h4v1.700H4.700v5.600h5.600V9H12v4H3V4Z",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} fill="currentColor" fill-rule="evenodd" />
    </svg>
  );
}
