import { Fold } from './fold.tsx';
import { ListField } from './list-field.tsx';
import { MOST_COMPARED, type Question } from './question.ts';
import type { Suggest } from './suggestions.ts';

interface CompareFieldsProps {
  readonly places: Suggest;
  readonly titles: Suggest;
  readonly question: Question;
  readonly onChange: (change: Partial<Question>) => void;
}

/** What the pay is shown beside. */
export function CompareFields({ places, titles, question, onChange }: CompareFieldsProps) {
  const filled = question.otherPlaces.length + question.otherTitles.length > 0;
  return (
    <Fold label="Compare with other places or titles" filled={filled}>
      <ListField
        label="Other places"
        placeholder="Add a place"
        values={question.otherPlaces}
        suggest={places}
        most={MOST_COMPARED}
        onChange={(values) => onChange({ otherPlaces: values })}
      />
      <ListField
        label="Other titles"
        placeholder="Add a job title"
        values={question.otherTitles}
        suggest={titles}
        most={MOST_COMPARED}
        onChange={(values) => onChange({ otherTitles: values })}
      />
    </Fold>
  );
}
