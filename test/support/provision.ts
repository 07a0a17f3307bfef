// Something from outside that tests need: there, to be had, or not to be had on this machine.

export type Provision =
  | { readonly state: "present" }
  | {
      readonly state: "obtainable";
      /** What obtaining it is, and about how long it takes. */
      readonly how: string;
      /** Throws with what went wrong. */
      readonly obtain: () => Promise<void>;
    }
  | {
      readonly state: "unavailable";
      /** Why, and what is skipped. */
      readonly reason: string;
    };
