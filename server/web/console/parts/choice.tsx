// One of a few, chosen above a list.

interface ChoiceProps<Value extends string> {
  readonly label: string;
  /** What each is called, in the order of the menu. */
  readonly names: Readonly<Record<Value, string>>;
  readonly value: Value;
  readonly onChange: (value: Value) => void;
}

export function Choice<Value extends string>({ label, names, value, onChange }: ChoiceProps<Value>) {
  const isOne = (text: string): text is Value => text in names;
  return (
    <label class="choice">
      <span>{label}</span>
      <select
        value={value}
        onChange={({ currentTarget }) => {
          if (isOne(currentTarget.value)) onChange(currentTarget.value);
        }}
      >
        {Object.entries<string>(names).map(([each, name]) => (
          <option key={each} value={each}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
