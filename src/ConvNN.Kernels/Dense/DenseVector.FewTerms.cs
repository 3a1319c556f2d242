using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ConvNN.Kernels.Optimizers;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Dense;

/// <content>
/// The weight gradient of a few samples, most of whose output gradients are zero, so that most units have no more than two terms. Units
/// whose sums have the same shape follow each other, and so no branch depends on a unit.
/// </content>
internal sealed partial class DenseVector<TVector>
{
    // The most samples, a bit for each; and the most terms of a unit, on average.
    private const int FewSamples = 32;
    private const double FewTermsOfUnit = 2.2;

    private const int ShapeCount = 5;

    // The calling thread's memory for the units of each shape.
    [ThreadStatic]
    private static AlignedBuffer? _shapes;

    /// <summary>By the number of terms, and whether the first two are of one leaf: no term, one, two leaves, a leaf of two, or more than two.</summary>
    private static ReadOnlySpan<byte> ShapeOf => [0, 0, 1, 1, 2, 3, 4, 4];

    private ref partial struct StepLoop<TSquares>
    {
        /// <summary>Whether <see cref="ByShapes"/> can be used: units come in another order, and those without terms do not come at all.</summary>
        private static bool MayHaveShapes<TUpdate>(int samples)
            where TUpdate : IVectorUpdate<TVector>, allows ref struct =>
            TUpdate.IgnoresZero && TUpdate.IsStateless && typeof(TSquares) == typeof(NoSquares<TVector>) && samples <= FewSamples;

        /// <summary>The units with one term, then those with two, then the others, whose zeros are not left out.</summary>
        private void ByShapes<TUpdate>(scoped ref GradientUse<TVector, TUpdate, TSquares> use, scoped NonZeroUnits nonZero)
            where TUpdate : IVectorUpdate<TVector>, allows ref struct
        {
            Span<int> leafOf = stackalloc int[FewSamples + 1], ends = stackalloc int[ShapeCount];
            for (int h = 0; h < _edges.Length - 1; h++)
            {
                leafOf[(_edges[h] - _edges[0])..(_edges[h + 1] - _edges[0])].Fill(h);
            }

            int length = Lanes.RoundUp(_geometry.Units);
            Span<int> memory = MemoryMarshal.Cast<float, int>(Memory(ref _shapes, (1 + ShapeCount) * length));
            Span<int> samplesOf = memory[..length], units = memory[length..];
            nonZero.SamplesOf(samplesOf);
            for (int shape = 0; shape < ShapeCount; shape++)
            {
                ends[shape] = shape * length;
            }

            for (int o = 0; o < _geometry.Units; o++)
            {
                uint samples = (uint)samplesOf[o];
                int terms = Math.Min(3, BitOperations.PopCount(samples));
                bool isLeaf = leafOf[BitOperations.TrailingZeroCount(samples)] == leafOf[BitOperations.TrailingZeroCount(samples & (samples - 1))];
                units[ends[ShapeOf[(2 * terms) + (isLeaf ? 1 : 0)]]++] = o;
            }

            Sum<OneTerm, TUpdate>(ref use, units[length..ends[1]], samplesOf);
            Sum<TwoLeaves, TUpdate>(ref use, units[(2 * length)..ends[2]], samplesOf);
            Sum<LeafOfTwo, TUpdate>(ref use, units[(3 * length)..ends[3]], samplesOf);
            if (ends[4] > 4 * length)
            {
                ByTree(ref use, units[(4 * length)..ends[4]]);
            }
        }

        private readonly void Sum<TShape, TUpdate>(scoped ref GradientUse<TVector, TUpdate, TSquares> use, scoped ReadOnlySpan<int> units, scoped ReadOnlySpan<int> samplesOf)
            where TShape : IShape
            where TUpdate : IVectorUpdate<TVector>, allows ref struct
        {
            int stride = _geometry.InputStride, unitStride = _geometry.UnitStride, first = _geometry.Part.First, end = _geometry.EndColumn;
            int begin = first & -TVector.Count, whole = end & -TVector.Count;
            ref float x = ref MemoryMarshal.GetReference(_x[(_edges[0] * stride)..]), dy = ref MemoryMarshal.GetReference(_dy[(_edges[0] * unitStride)..]);
            ref float target = ref MemoryMarshal.GetReference(_weights);
            TVector mean = TVector.Broadcast(_factor);
            GradientUse<TVector, TUpdate, TSquares> local = use;
            foreach (int o in units)
            {
                int a = BitOperations.TrailingZeroCount(samplesOf[o]), b = BitOperations.Log2((uint)samplesOf[o]);
                ref float xa = ref Unsafe.Add(ref x, a * stride), xb = ref Unsafe.Add(ref x, b * stride), row = ref Unsafe.Add(ref target, o * stride);
                TVector dya = TVector.Broadcast(Unsafe.Add(ref dy, (a * unitStride) + o)), dyb = TVector.Broadcast(Unsafe.Add(ref dy, (b * unitStride) + o));
                int i = begin;
                if (i < first)
                {
                    // Others own some inputs of the first vector, and of the last.
                    PartStore<TVector> store = new(first - i, Math.Min(end, i + TVector.Count) - first);
                    Use(TShape.Sum(dya, ref xa, dyb, ref xb, (nuint)i), mean, ref local, ref row, (nuint)i, store);
                    i += TVector.Count;
                }

                for (; i < whole; i += TVector.Count)
                {
                    Use(TShape.Sum(dya, ref xa, dyb, ref xb, (nuint)i), mean, ref local, ref row, (nuint)i, default(WholeStore<TVector>));
                }

                if (i < end)
                {
                    Use(TShape.Sum(dya, ref xa, dyb, ref xb, (nuint)i), mean, ref local, ref row, (nuint)i, new PartStore<TVector>(0, end - i));
                }
            }
        }
    }

    /// <summary>How the sum of the products of one unit or two is made. A zero that has the wrong sign has the right one after the last + 0f.</summary>
    private interface IShape
    {
        static abstract TVector Sum(TVector a, ref float xa, TVector b, ref float xb, nuint i);
    }

    private readonly struct OneTerm : IShape
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Sum(TVector a, ref float xa, TVector b, ref float xb, nuint i) => TVector.Multiply(a, TVector.Load(ref xa, i));
    }

    private readonly struct TwoLeaves : IShape
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Sum(TVector a, ref float xa, TVector b, ref float xb, nuint i) =>
            TVector.Add(TVector.Multiply(a, TVector.Load(ref xa, i)), TVector.Multiply(b, TVector.Load(ref xb, i)));
    }

    private readonly struct LeafOfTwo : IShape
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Sum(TVector a, ref float xa, TVector b, ref float xb, nuint i) =>
            TVector.MultiplyAdd(b, ref xb, i, TVector.Multiply(a, TVector.Load(ref xa, i)));
    }
}
