/** What is known of the scale of upstream's shares. */
export const SHARE_SCALE =
  'Upstream documents no scale. In the samples that are known it is a fraction, in which 1 is all of them and 0.49 is 49 %; the simulator gives 0 to 100. Nothing is rescaled.';
