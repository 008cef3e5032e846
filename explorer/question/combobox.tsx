import { useCombobox } from 'downshift';
import { useState, type KeyboardEvent } from 'react';
import { useSuggestions, type Suggest } from './suggestions.ts';

interface ComboboxProps {
  readonly id: string;
  readonly labelId: string;
  readonly describedBy: string | undefined;
  readonly invalid: boolean;
  readonly placeholder?: string;
  readonly value: string;
  readonly suggest: Suggest;
  readonly onType: (value: string) => void;
  readonly onChoose: (value: string) => void;
  /** Enter, where no suggestion is highlighted. */
  readonly onEnter?: () => void;
}

/** A text field with suggestions, of which none has to be taken. */
export function Combobox(props: ComboboxProps) {
  const { id, labelId, describedBy, invalid, placeholder, value, suggest, onType, onChoose, onEnter } = props;
  const [typing, setTyping] = useState(false);
  const items = useSuggestions(suggest, value, typing);
  const { isOpen, highlightedIndex, getInputProps, getMenuProps, getItemProps, openMenu } = useCombobox<string>({
    items: [...items],
    inputValue: value,
    selectedItem: null,
    inputId: id,
    labelId,
    itemToString: (item) => item ?? '',
    onSelectedItemChange: ({ selectedItem }) => {
      if (!selectedItem) return;
      setTyping(false);
      onChoose(selectedItem);
    },
    // What was typed is kept, whatever was highlighted when the field was left.
    stateReducer: (_state, { type, changes }) =>
      type === useCombobox.stateChangeTypes.InputBlur ? { ...changes, selectedItem: null } : changes,
  });
  // What is typed in full is no question any more, and the list would cover the button.
  const isWhole = items.some((item) => item.toLowerCase() === value.trim().toLowerCase());
  const shown = isOpen && items.length > 0 && (highlightedIndex >= 0 || !isWhole);
  return (
    <div className="combobox">
      <input
        {...getInputProps({
          type: 'text',
          autoComplete: 'off',
          spellCheck: false,
          placeholder,
          'aria-describedby': describedBy,
          'aria-invalid': invalid || undefined,
          'aria-expanded': shown,
          // Not downshift's, which puts the caret at the end of what is typed in the middle.
          onChange: (event) => {
            setTyping(true);
            onType(event.currentTarget.value);
            openMenu();
          },
          onKeyDown: (event: KeyboardEvent<HTMLInputElement>) => {
            // Enter also takes what an input method proposes.
            if (event.key !== 'Enter' || event.nativeEvent.isComposing) return;
            if (!onEnter || (shown && highlightedIndex >= 0)) return;
            event.preventDefault();
            onEnter();
          },
        })}
      />
      <ul
        {...getMenuProps({
          className: 'menu',
          hidden: !shown,
          'aria-label': 'Suggestions',
        })}
      >
        {shown &&
          items.map((item, index) => (
            <li
              key={item}
              {...getItemProps({ item, index, className: index === highlightedIndex ? 'highlighted' : '' })}
            >
              {item}
            </li>
          ))}
      </ul>
    </div>
  );
}
