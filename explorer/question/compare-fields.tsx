import type { FieldProblems } from '../purchase/remedies.ts';
import { Fold } from './fold.tsx';
import { ListField } from './list-field.tsx';
import { MOST_COMPARED, type Question } from './question.ts';
import type { Suggest } from './suggestions.ts';

interface CompareFieldsProps {
  readonly problems: FieldProblems;
  readonly places: Suggest;
  readonly titles: Suggest;
  readonly question: Question;
  readonly onChange: (change: Partial<Question>) => void;
}

/** What the pay is shown beside. */
export function CompareFields({ problems, places, titles, question, onChange }: CompareFieldsProps) {
  const filled = question.otherPlaces.length + question.otherTitles.length > 0;
  const wrong = problems.otherPlaces !== undefined || problems.otherTitles !== undefined;
  return (
    <Fold label="Compare with other places or titles" filled={filled} wrong={wrong}>
      <ListField
        label="Other locations"
        placeholder="Add a place"
        values={question.otherPlaces}
        suggest={places}
        problem={problems.otherPlaces}
        most={MOST_COMPARED}
        onChange={(values) => onChange({ otherPlaces: values })}
      />
      <ListField
        label="Other titles"
        placeholder="Add a job title"
        values={question.otherTitles}
        suggest={titles}
        problem={problems.otherTitles}
        most={MOST_COMPARED}
        onChange={(values) => onChange({ otherTitles: values })}
      />
    </Fold>
  );
}
