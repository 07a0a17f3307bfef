// What is wrong with what a form was given, read out as it appears.

export function Problem({ text }: { text: string | null }) {
  return (
    <p class="problem" role="alert">
      {text}
    </p>
  );
}
