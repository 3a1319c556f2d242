// The probabilities that ONNX Runtime gives the images of an IDX file: node run_onnx.js model.onnx images out.json
const fs = require("fs");
const zlib = require("zlib");
const ort = require("onnxruntime-node");

const BATCH = 500;

async function main(model, images, out) {
  let bytes = fs.readFileSync(images);
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    bytes = zlib.gunzipSync(bytes);
  }
  const dimensions = Array.from({ length: bytes[3] }, (_, i) => bytes.readUInt32BE(4 + 4 * i));
  const shape = dimensions.length === 3 ? [1, ...dimensions.slice(1)] : dimensions.slice(1);
  const size = shape.reduce((product, n) => product * n, 1);
  const pixels = bytes.subarray(4 + 4 * dimensions.length);
  const session = await ort.InferenceSession.create(model);
  const all = [];
  for (let begin = 0; begin < dimensions[0]; begin += BATCH) {
    const count = Math.min(BATCH, dimensions[0] - begin);
    const values = Float32Array.from(pixels.subarray(begin * size, (begin + count) * size), (pixel) => Math.fround(pixel / 255));
    const { probabilities } = await session.run({ images: new ort.Tensor("float32", values, [count, ...shape]) });
    const classes = probabilities.dims[1];
    for (let n = 0; n < count; n++) {
      all.push(Array.from(probabilities.data.subarray(n * classes, (n + 1) * classes)));
    }
  }
  fs.writeFileSync(out, JSON.stringify(all));
  console.log(`onnxruntime ${require("onnxruntime-node/package.json").version}`);
}

main(...process.argv.slice(2)).catch((error) => {
  console.error(error.message);
  process.exit(1);
});
