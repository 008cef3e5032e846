import { useState } from 'react';
import type { Api } from '../api/api.ts';
import { SetBuyingDocument } from '../generated/operations.ts';
import { explanationOf } from '../purchase/remedies.ts';

interface StopSwitchProps {
  readonly api: Api;
  readonly buying: boolean;
  readonly onDone: () => Promise<void>;
}

/** Stops or resumes purchases by everybody. */
export function StopSwitch({ api, buying, onDone }: StopSwitchProps) {
  const [trouble, setTrouble] = useState('');
  const turn = async (): Promise<void> => {
    const { problems } = await api.request(SetBuyingDocument, { enabled: !buying });
    setTrouble(problems[0] ? explanationOf(problems[0]) : '');
    await onDone();
  };
  return (
    <div className="switch">
      <p role="status">
        {buying ? 'Reports can be bought.' : 'Purchases are stopped for everybody. What is stored can be read.'}{' '}
        {trouble}
      </p>
      <button type="button" className={buying ? 'danger' : 'primary'} onClick={() => void turn()}>
        {buying ? 'Stop all purchases' : 'Allow purchases again'}
      </button>
    </div>
  );
}
