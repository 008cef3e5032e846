import { useLayoutEffect, useRef, type RefObject } from 'react';

/** CSS pixels between the element and the edges of the window. */
const GAP = 16;

/** An element with `position: sticky` that can be scrolled to its end before it sticks, however high it is. */
export function useSticky<T extends HTMLElement>(): RefObject<T | null> {
  const element = useRef<T>(null);
  useLayoutEffect(() => {
    const sticking = element.current;
    if (!sticking) return undefined;
    const place = (): void => {
      sticking.style.top = `${Math.min(GAP, innerHeight - sticking.offsetHeight - GAP)}px`;
    };
    const observer = new ResizeObserver(place);
    observer.observe(sticking);
    addEventListener('resize', place);
    return () => {
      observer.disconnect();
      removeEventListener('resize', place);
    };
  }, []);
  return element;
}
