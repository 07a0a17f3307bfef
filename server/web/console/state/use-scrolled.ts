// How far an element has been scrolled out of the window at its top, measured once a frame while it changes.

import { useLayoutEffect, useState } from "preact/hooks";

export interface Scrolled {
  readonly offset: number;
  readonly windowHeight: number;
}

export function useScrolled(ref: { readonly current: HTMLElement | null }): Scrolled {
  const [scrolled, setScrolled] = useState<Scrolled>({ offset: 0, windowHeight: window.innerHeight });
  useLayoutEffect(() => {
    let frame = 0;
    const measure = () => {
      frame = 0;
      const offset = -(ref.current?.getBoundingClientRect().top ?? 0);
      setScrolled({ offset, windowHeight: window.innerHeight });
    };
    const soon = () => {
      if (frame === 0) frame = requestAnimationFrame(measure);
    };
    measure();
    window.addEventListener("scroll", soon, { passive: true });
    window.addEventListener("resize", soon);
    return () => {
      cancelAnimationFrame(frame);
      window.removeEventListener("scroll", soon);
      window.removeEventListener("resize", soon);
    };
  }, [ref]);
  return scrolled;
}
