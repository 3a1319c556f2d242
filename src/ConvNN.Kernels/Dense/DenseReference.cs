using ConvNN.Kernels.Optimizers;
using ConvNN.Kernels.Sums;

namespace ConvNN.Kernels.Dense;

/// <summary>Reference implementation of the fully connected layer; see <see cref="DenseKernels"/> for the formulas.</summary>
internal sealed class DenseReference : DenseKernels
{
    private static readonly OptimizerReference Optimizer = new();

    private protected override void ForwardCore(
        ReadOnlySpan<float> x, ReadOnlySpan<float> w, ReadOnlySpan<float> b, Span<float> y, DenseGeometry geometry)
    {
        (int lo, int hi) = geometry.Leaves;
        Span<float> leaves = stackalloc float[hi - lo];
        for (int n = 0; n < geometry.Samples; n++)
        {
            ReadOnlySpan<float> sample = x.Slice(n * geometry.InputStride, geometry.Inputs);
            for (int o = 0; o < geometry.Units; o++)
            {
                ReadOnlySpan<float> row = w.Slice(o * geometry.InputStride, geometry.Inputs);
                for (int h = lo; h < hi; h++)
                {
                    InputRun run = geometry.InputsOf(h, h + 1);
                    leaves[h - lo] = LaneSum.Dot(sample[..run.End], row[..run.End], run.First);
                }

                float sum = SumTree.Join(leaves);
                y[(n * geometry.UnitStride) + o] = b.IsEmpty ? sum : sum + b[o];
            }
        }
    }

    private protected override void InputGradientCore(ReadOnlySpan<float> dy, ReadOnlySpan<float> w, Span<float> dx, DenseGeometry geometry)
    {
        for (int n = 0; n < geometry.Samples; n++)
        {
            for (int i = geometry.Part.First; i < geometry.EndColumn; i++)
            {
                float sum = 0f;
                for (int o = 0; o < geometry.Units; o++)
                {
                    float delta = dy[(n * geometry.UnitStride) + o];
                    sum = delta == 0f ? sum : MathF.FusedMultiplyAdd(delta, w[(o * geometry.InputStride) + i], sum);
                }

                dx[(n * geometry.InputStride) + i] = sum + 0f;
            }
        }
    }

    private protected override void BiasGradientCore(ReadOnlySpan<float> dy, Span<float> db, ReadOnlySpan<int> edges, DenseGeometry geometry, float factor) =>
        BiasGradient(dy, db, edges, geometry, factor, first: 0);

    /// <summary>The gradients of the biases from <paramref name="first"/>.</summary>
    internal static void BiasGradient(ReadOnlySpan<float> dy, Span<float> db, ReadOnlySpan<int> edges, DenseGeometry geometry, float factor, int first)
    {
        Span<float> leaves = stackalloc float[edges.Length - 1];
        for (int o = first; o < geometry.Units; o++)
        {
            for (int h = 0; h < leaves.Length; h++)
            {
                float sum = 0f;
                for (int n = edges[h]; n < edges[h + 1]; n++)
                {
                    sum += dy[(n * geometry.UnitStride) + o];
                }

                leaves[h] = sum + 0f;
            }

            db[o] = SumTree.Join(leaves) * factor;
        }
    }

    private protected override void StepCore(
        ReadOnlySpan<float> x, ReadOnlySpan<float> dy, Span<float> weights, ReadOnlySpan<int> edges, DenseGeometry geometry, float factor, in WeightUpdate update)
    {
        const int Block = 256;
        Span<float> leaves = stackalloc float[edges.Length - 1], gradients = stackalloc float[Block];
        for (int o = 0; o < geometry.Units; o++)
        {
            int done = 0;
            for (int i = geometry.Part.First; i < geometry.EndColumn; i++)
            {
                for (int h = 0; h < leaves.Length; h++)
                {
                    float sum = 0f;
                    for (int n = edges[h]; n < edges[h + 1]; n++)
                    {
                        float delta = dy[(n * geometry.UnitStride) + o];
                        sum = delta == 0f ? sum : MathF.FusedMultiplyAdd(delta, x[(n * geometry.InputStride) + i], sum);
                    }

                    leaves[h] = sum + 0f;
                }

                gradients[done++] = SumTree.Join(leaves) * factor;
                if (done == Block || i == geometry.EndColumn - 1)
                {
                    int at = (o * geometry.InputStride) + i + 1 - done;
                    Optimizer.Apply(update.Slice(at, done), weights.Slice(at, done), gradients[..done]);
                    AddSquares(update.SquareSums, o, i + 1 - done, gradients[..done], geometry);
                    done = 0;
                }
            }
        }
    }

    /// <summary>Adds the squares of some of a unit's gradients, from those of input <paramref name="first"/>, to the chains of its block.</summary>
    private static void AddSquares(SquareSums sums, int o, int first, ReadOnlySpan<float> gradients, DenseGeometry geometry)
    {
        for (int i = 0; i < gradients.Length && !sums.IsEmpty; i++)
        {
            ref float chain = ref sums.Columns[(o / geometry.UnitBlock * geometry.InputStride) + first + i];
            chain = MathF.FusedMultiplyAdd(gradients[i], gradients[i], chain);
        }
    }
}
