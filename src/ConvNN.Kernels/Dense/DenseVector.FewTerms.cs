using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ConvNN.Kernels.Optimizers;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Dense;

/// <content>
/// The weight gradient of a few samples, most of whose output gradients are zero, so that most units have no more than three terms. Units
/// whose sums have the same shape follow each other, and so no branch depends on a unit.
/// </content>
internal sealed partial class DenseVector<TVector>
{
    // The most samples, a bit for each; the most terms of a unit, on average; and the fewest units for which it pays to sort them.
    private const int FewSamples = 32;
    private const double FewTermsOfUnit = 2.2;
    private const int SortedUnits = 32;

    // 0: no term. 1: one. 2: two leaves. 3: a leaf of two. 4: two leaves that are joined, and one more. 5: a leaf of two, and one more. 6: others.
    private const int ShapeCount = 7;

    // The calling thread's memory for the units of each shape.
    [ThreadStatic]
    private static AlignedBuffer? _shapes;

    /// <summary>
    /// By the number of terms, up to four, and how often neighbours are of one leaf: the first and the second, and the second and the last,
    /// which of two terms is the second.
    /// </summary>
    private static ReadOnlySpan<byte> ShapeOf =>
    [
        0, 0, 0, 0,
        1, 1, 1, 1,
        2, 2, 3, 3,
        4, 5, 6, 6,
        6, 6, 6, 6,
    ];

    private ref partial struct StepLoop<TSquares>
    {
        /// <summary>Whether <see cref="ByShapes"/> can be used: units come in another order, and those without terms do not come at all.</summary>
        private static bool MayHaveShapes<TUpdate>(int samples, int units)
            where TUpdate : IVectorUpdate<TVector>, allows ref struct =>
            TUpdate.IgnoresZero && TUpdate.IsStateless && typeof(TSquares) == typeof(NoSquares<TVector>) && samples <= FewSamples && units >= SortedUnits;

        /// <summary>The units with one term, then those with two or three, then the others, whose zeros are not left out.</summary>
        private void ByShapes<TUpdate>(scoped ref GradientUse<TVector, TUpdate, TSquares> use, scoped NonZeroUnits nonZero)
            where TUpdate : IVectorUpdate<TVector>, allows ref struct
        {
            int length = Lanes.RoundUp(_geometry.Units);
            Span<int> memory = MemoryMarshal.Cast<float, int>(Memory(ref _shapes, ((1 + ShapeCount) * length) + FewSamples + 1));
            Span<int> samplesOf = memory[..length], units = memory[length..], leafOf = memory[((1 + ShapeCount) * length)..], ends = stackalloc int[ShapeCount];
            for (int h = 0, n = _edges[0]; h < _edges.Length - 1; h++)
            {
                for (; n < _edges[h + 1]; n++)
                {
                    leafOf[n - _edges[0]] = h;
                }
            }

            for (int shape = 0; shape < ShapeCount; shape++)
            {
                ends[shape] = shape * length;
            }

            nonZero.SamplesOf(samplesOf);
            ref int next = ref MemoryMarshal.GetReference(ends), unit = ref MemoryMarshal.GetReference(units), leaf = ref MemoryMarshal.GetReference(leafOf);
            ref byte shapeOf = ref MemoryMarshal.GetReference(ShapeOf);
            for (int o = 0; o < _geometry.Units; o++)
            {
                uint samples = (uint)samplesOf[o];
                int terms = Math.Min(4, BitOperations.PopCount(samples));
                int first = Unsafe.Add(ref leaf, BitOperations.TrailingZeroCount(samples)), second = Unsafe.Add(ref leaf, BitOperations.TrailingZeroCount(samples & (samples - 1)));
                int last = Unsafe.Add(ref leaf, BitOperations.Log2(samples));
                ref int end = ref Unsafe.Add(ref next, Unsafe.Add(ref shapeOf, (4 * terms) + (first == second ? 1 : 0) + (second == last ? 1 : 0)));
                Unsafe.Add(ref unit, end++) = o;
            }

            Sum<OneTerm, TUpdate>(ref use, units[length..ends[1]], samplesOf, leafOf);
            Sum<TwoLeaves, TUpdate>(ref use, units[(2 * length)..ends[2]], samplesOf, leafOf);
            Sum<LeafOfTwo, TUpdate>(ref use, units[(3 * length)..ends[3]], samplesOf, leafOf);
            Sum<TwoLeavesAndOne, TUpdate>(ref use, units[(4 * length)..ends[4]], samplesOf, leafOf);
            Sum<LeafOfTwoAndOne, TUpdate>(ref use, units[(5 * length)..ends[5]], samplesOf, leafOf);
            if (ends[6] > 6 * length)
            {
                ByTree(ref use, units[(6 * length)..ends[6]]);
            }
        }

        private readonly void Sum<TShape, TUpdate>(scoped ref GradientUse<TVector, TUpdate, TSquares> use, scoped ReadOnlySpan<int> units, scoped ReadOnlySpan<int> samplesOf, scoped ReadOnlySpan<int> leafOf)
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
                uint samples = (uint)samplesOf[o];
                int a = BitOperations.TrailingZeroCount(samples), b = BitOperations.Log2(samples), c = a;
                if (TShape.Terms > 2)
                {
                    // Which two are joined first: in a tree of 2^k leaves, those whose numbers differ in lower bits alone.
                    int middle = BitOperations.TrailingZeroCount(samples & (samples - 1));
                    bool isFirst = (leafOf[a] ^ leafOf[middle]) < (leafOf[middle] ^ leafOf[b]);
                    (a, b, c) = (isFirst ? a : middle, isFirst ? middle : b, isFirst ? b : a);
                }

                ref float xa = ref Unsafe.Add(ref x, a * stride), xb = ref Unsafe.Add(ref x, b * stride), xc = ref Unsafe.Add(ref x, c * stride);
                TVector dya = TVector.Broadcast(Unsafe.Add(ref dy, (a * unitStride) + o)), dyb = TVector.Broadcast(Unsafe.Add(ref dy, (b * unitStride) + o));
                TVector dyc = TVector.Broadcast(Unsafe.Add(ref dy, (c * unitStride) + o));
                ref float row = ref Unsafe.Add(ref target, o * stride);
                int i = begin;
                if (i < first)
                {
                    // Others own some inputs of the first vector, and of the last.
                    PartStore<TVector> store = new(first - i, Math.Min(end, i + TVector.Count) - first);
                    Use(TShape.Sum(dya, ref xa, dyb, ref xb, dyc, ref xc, (nuint)i), mean, ref local, ref row, (nuint)i, store);
                    i += TVector.Count;
                }

                for (; i < whole; i += TVector.Count)
                {
                    Use(TShape.Sum(dya, ref xa, dyb, ref xb, dyc, ref xc, (nuint)i), mean, ref local, ref row, (nuint)i, default(WholeStore<TVector>));
                }

                if (i < end)
                {
                    Use(TShape.Sum(dya, ref xa, dyb, ref xb, dyc, ref xc, (nuint)i), mean, ref local, ref row, (nuint)i, new PartStore<TVector>(0, end - i));
                }
            }
        }
    }

    /// <summary>How the sum of a unit's products is made. A zero that has the wrong sign has the right one after the last + 0f.</summary>
    private interface IShape
    {
        static abstract int Terms { get; }

        static abstract TVector Sum(TVector a, ref float xa, TVector b, ref float xb, TVector c, ref float xc, nuint i);
    }

    private readonly struct OneTerm : IShape
    {
        public static int Terms => 1;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Sum(TVector a, ref float xa, TVector b, ref float xb, TVector c, ref float xc, nuint i) => TVector.Multiply(a, TVector.Load(ref xa, i));
    }

    private readonly struct TwoLeaves : IShape
    {
        public static int Terms => 2;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Sum(TVector a, ref float xa, TVector b, ref float xb, TVector c, ref float xc, nuint i) =>
            TVector.Add(TVector.Multiply(a, TVector.Load(ref xa, i)), TVector.Multiply(b, TVector.Load(ref xb, i)));
    }

    private readonly struct LeafOfTwo : IShape
    {
        public static int Terms => 2;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Sum(TVector a, ref float xa, TVector b, ref float xb, TVector c, ref float xc, nuint i) =>
            TVector.MultiplyAdd(b, ref xb, i, TVector.Multiply(a, TVector.Load(ref xa, i)));
    }

    private readonly struct TwoLeavesAndOne : IShape
    {
        public static int Terms => 3;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Sum(TVector a, ref float xa, TVector b, ref float xb, TVector c, ref float xc, nuint i) =>
            TVector.Add(TwoLeaves.Sum(a, ref xa, b, ref xb, c, ref xc, i), TVector.Multiply(c, TVector.Load(ref xc, i)));
    }

    private readonly struct LeafOfTwoAndOne : IShape
    {
        public static int Terms => 3;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Sum(TVector a, ref float xa, TVector b, ref float xb, TVector c, ref float xc, nuint i) =>
            TVector.Add(LeafOfTwo.Sum(a, ref xa, b, ref xb, c, ref xc, i), TVector.Multiply(c, TVector.Load(ref xc, i)));
    }
}
