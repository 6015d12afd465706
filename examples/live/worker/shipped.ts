/** The model of the package in a file of its own, without the other one. */
export { beatModel } from 'dynaecg/model';
