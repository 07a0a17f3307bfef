import { expect, test } from "bun:test";
import { SpareDescriptors } from "#server/common/spare-descriptors.ts";

/** A system with this many descriptors left. */
class Few {
  left: number;

  constructor(left: number) {
    this.left = left;
  }

  readonly hold = (): number => {
    if (this.left === 0) throw Object.assign(new Error("EMFILE"), { code: "EMFILE" });
    this.left -= 1;
    return this.left;
  };

  readonly giveUp = (): void => {
    this.left += 1;
  };
}

test("what finds no descriptor is opened with the spare ones, which are held again when there are others", () => {
  const few = new Few(4);
  const spares = new SpareDescriptors(few);
  expect(few.left).toBe(0);
  expect(spares.lend(few.hold)).toBe(3);
  expect(few.left).toBe(3);
  spares.refill();
  expect(few.left).toBe(0);
  few.left = 2;
  spares.refill();
  expect(few.left).toBe(1);
});

test("what fails for another reason, or with the spare ones too, fails", () => {
  const few = new Few(4);
  const spares = new SpareDescriptors(few);
  const failing = (): never => {
    throw new Error("no such folder");
  };
  expect(() => spares.lend(failing)).toThrow("no such folder");
  expect(few.left).toBe(0);
  const opensFive = (): void => {
    for (let opened = 0; opened < 5; opened += 1) few.hold();
  };
  expect(() => spares.lend(opensFive)).toThrow("EMFILE");
  expect(() => spares.lend(opensFive)).toThrow("EMFILE");
});
