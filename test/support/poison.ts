/** Every test runs with released memory full of NaN, so that whoever reads on after a scope has closed shows it. */
import { poisonReleasedMemory } from 'dynaecg/kernels';

poisonReleasedMemory(true);
