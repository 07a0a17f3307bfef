// A dialog with a form in it: what was refused is said below the fields, and the last row has both ways out.

import type { ComponentChildren } from "preact";
import { Dialog } from "./dialog.tsx";
import { Problem } from "./problem.tsx";

interface FormDialogProps {
  readonly title: string;
  /** What the button says that sends the form. */
  readonly action: string;
  readonly isSendable: boolean;
  readonly problem: string | null;
  readonly onSubmit: () => Promise<void>;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

export function FormDialog(props: FormDialogProps) {
  const { title, action, isSendable, problem, onSubmit, onClose, children } = props;
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void onSubmit();
        }}
      >
        {children}
        <Problem text={problem} />
        <div class="dialog-actions">
          <button type="button" class="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="button primary" disabled={!isSendable}>
            {action}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
