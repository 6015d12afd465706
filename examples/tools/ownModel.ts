// In a file of its own, which is loaded when the model is needed: it is large.
export { beatModel } from 'dynaecg/model';
