// The recipe of docs/compatibility.md: a tensor goes through postMessage and comes back one, copied or moved.
import { once } from 'node:events';
import { MessageChannel } from 'node:worker_threads';
import { add, BackendError, backward, scope, square, sum, Tensor, type TensorLike, tensor } from 'dynaecg';
import * as assert from 'uvu/assert';
import { assertThrows } from '../support/asserts.ts';
import { suite } from '../support/backends.ts';

const test = suite('autograd/messages');

/** What arrives of a message, copied unless its buffers are moved. */
async function sent(message: unknown, moved: ArrayBuffer[] = []): Promise<unknown> {
  const { port1, port2 } = new MessageChannel();
  port1.postMessage(message, moved);
  const [arrived] = await once(port2, 'message');
  port1.close();
  return arrived;
}

type Fields = Pick<Tensor, 'data' | 'shape'>;

test('copied: data and shape make the tensor on the other side', async () => {
  for (const dtype of ['float32', 'float64'] as const) {
    const x = tensor(
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
      undefined,
      { dtype, requiresGrad: true },
    );
    const { data, shape } = x;
    const arrived = (await sent({ data, shape })) as Fields;
    const y = new Tensor(arrived.data, arrived.shape);
    assert.equal([y.toArray(), y.shape, y.dtype], [x.toArray(), x.shape, dtype]);
    assert.equal(add(y, 1).toArray(), [
      [2, 3, 4],
      [5, 6, 7],
    ]);
    assert.is(x.size, 6, 'still there');
  }
});

test('moved: nothing is copied, and the sender has it no more', async () => {
  const x = scope(() => square(tensor([1, 2, 3]))); // what a scope returns owns its memory
  const { data, shape } = x;
  const arrived = (await sent({ data, shape }, [data.buffer as ArrayBuffer])) as Fields;
  assert.equal(new Tensor(arrived.data, arrived.shape).toArray(), [1, 4, 9]);
  assert.is(x.data.length, 0);
});

test('inside a scope: a copy, since the memory is shared with all that is in it', async () => {
  const copy = scope(() => {
    const { data, shape } = square(tensor([1, 2, 3])).clone();
    return { data, shape };
  }) as unknown as Fields;
  const arrived = (await sent(copy, [copy.data.buffer as ArrayBuffer])) as Fields;
  assert.equal(new Tensor(arrived.data, arrived.shape).toArray(), [1, 4, 9]);
});

test('ops take what arrives of a whole tensor, too, without its history', async () => {
  const x = tensor([1, 2, 3]);
  const { data, shape, stride, offset } = x;
  const arrived = (await sent({ data, shape, stride, offset })) as TensorLike;
  assert.is(sum(arrived).item(), 6);
  const y = sum(square(tensor([1, 2], undefined, { requiresGrad: true })));
  const plain = (await sent({ data: y.data, shape: y.shape })) as Fields;
  const z = new Tensor(plain.data, plain.shape);
  const message = 'backward: expected a result that depends on a tensor with requiresGrad, got one that does not';
  assertThrows(() => backward(z), BackendError, message);
});

test.run();
