using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ConvNN.Kernels.Vectors;

/// <content>
/// The parameter gradients: lanes are filters, so each lane is a chain of its own over (n, oh, ow). The bias is one more
/// tap, whose input is 1.
/// </content>
internal sealed partial class Conv2dVector<TVector>
{
    // A subtree of 64 leaves is 6 joins deep, and each level keeps one sum.
    private const int Levels = 7;

    private static readonly Conv2dKernels Definition = For(KernelTier.Reference);
    private static readonly Conv2dKernels Width4 = For(KernelTier.Vector128);
    private static readonly Conv2dKernels Width8 = For(KernelTier.Vector256);

    private static int FilterStride(in Conv2dGeometry geometry) => (geometry.Filters + TVector.Count - 1) & -TVector.Count;

    private static int DeltasByPosition(in Conv2dGeometry geometry) =>
        checked(geometry.OutputHeight * geometry.OutputWidth * FilterStride(geometry));

    private static int AccumulatorLength(in Conv2dGeometry geometry) => checked((geometry.Taps + 1) * FilterStride(geometry));

    private protected override void ParameterGradientCore(
        ReadOnlySpan<float> x, ReadOnlySpan<float> dy, Span<float> dw, Span<float> db, ReadOnlySpan<int> edges, Span<float> scratch, in Conv2dGeometry geometry)
    {
        if (TVector.Count > 8 && geometry.Filters <= 8)
        {
            // Half of each vector would be padding.
            Width8.ParameterGradient(x, dy, dw, db, edges, scratch, geometry);
            return;
        }

        Workspace workspace = new()
        {
            Offsets = MemoryMarshal.Cast<float, int>(Take(ref scratch, geometry.Taps)),
            Deltas = Take(ref scratch, DeltasByPosition(geometry)),
            Sums = Take(ref scratch, Levels * AccumulatorLength(geometry)),
            Plane = scratch,
        };
        TapOffsets(workspace.Offsets, geometry);
        workspace.Deltas.Clear();

        Subtree(x, dy, edges, 0, workspace, geometry);
        for (int f = 0; f < geometry.Filters; f++)
        {
            for (int t = 0; t < geometry.Taps; t++)
            {
                dw[(f * geometry.TapStride) + t] = workspace.Sums[(t * FilterStride(geometry)) + f];
            }

            if (!db.IsEmpty)
            {
                db[f] = workspace.Sums[(geometry.Taps * FilterStride(geometry)) + f];
            }
        }
    }

    /// <summary>The sum of the leaves between the edges, as [taps and bias, filters], into level <paramref name="level"/> of the sums.</summary>
    private static void Subtree(
        ReadOnlySpan<float> x, ReadOnlySpan<float> dy, ReadOnlySpan<int> edges, int level, in Workspace workspace, in Conv2dGeometry geometry)
    {
        int length = AccumulatorLength(geometry);
        Span<float> sum = workspace.Sums.Slice(level * length, length);
        int leaves = edges.Length - 1;
        if (leaves == 1)
        {
            sum.Clear();
            for (int n = edges[0]; n < edges[1]; n++)
            {
                AddSample(x.Slice(n * geometry.InputStride, geometry.InputStride), dy[(n * geometry.OutputStride)..], sum, workspace, geometry);
            }

            Add(sum, default);
            return;
        }

        int middle = SumTree.Middle(0, leaves);
        Subtree(x, dy, edges[..(middle + 1)], level, workspace, geometry);
        if (edges[middle] < edges[leaves])
        {
            Subtree(x, dy, edges[middle..], level + 1, workspace, geometry);
            Add(sum, workspace.Sums.Slice((level + 1) * length, length));
        }
    }

    private static void AddSample(
        ReadOnlySpan<float> x, ReadOnlySpan<float> dy, Span<float> sum, in Workspace workspace, in Conv2dGeometry geometry)
    {
        int stride = FilterStride(geometry);
        ref float plane = ref MemoryMarshal.GetReference(Padded(x, workspace.Plane, geometry));
        ref float deltas = ref MemoryMarshal.GetReference(workspace.Deltas);
        ref float sums = ref MemoryMarshal.GetReference(sum);
        int positions = geometry.OutputHeight * geometry.OutputWidth;
        ref float source = ref MemoryMarshal.GetReference(dy[..(geometry.Filters * positions)]);
        for (int p = 0; p < positions; p++)
        {
            for (int f = 0; f < geometry.Filters; f++)
            {
                Unsafe.Add(ref deltas, (p * stride) + f) = Unsafe.Add(ref source, (f * positions) + p);
            }
        }

        for (int t = 0; t < geometry.Taps; t += Tile)
        {
            int taps = Math.Min(Tile, geometry.Taps - t);
            for (int f = 0; f < geometry.Filters; f += TVector.Count)
            {
                ref float target = ref Unsafe.Add(ref sums, (t * stride) + f);
                ref float column = ref Unsafe.Add(ref deltas, f);
                if (taps == Tile)
                {
                    FourTaps(ref plane, workspace.Offsets.Slice(t, Tile), ref column, ref target, stride, geometry);
                    continue;
                }

                for (int k = 0; k < taps; k++)
                {
                    OneTap(ref Unsafe.Add(ref plane, workspace.Offsets[t + k]), ref column, ref Unsafe.Add(ref target, k * stride), stride, geometry);
                }
            }
        }

        for (int f = 0; f < geometry.Filters; f += TVector.Count)
        {
            Bias(ref Unsafe.Add(ref deltas, f), ref Unsafe.Add(ref sums, (geometry.Taps * stride) + f), stride, positions);
        }
    }

    private static void FourTaps(ref float plane, ReadOnlySpan<int> offsets, ref float deltas, ref float target, int stride, in Conv2dGeometry geometry)
    {
        ref float x0 = ref Unsafe.Add(ref plane, offsets[0]);
        ref float x1 = ref Unsafe.Add(ref plane, offsets[1]);
        ref float x2 = ref Unsafe.Add(ref plane, offsets[2]);
        ref float x3 = ref Unsafe.Add(ref plane, offsets[3]);
        TVector s0 = TVector.Load(ref target, 0);
        TVector s1 = TVector.Load(ref target, (nuint)stride);
        TVector s2 = TVector.Load(ref target, (nuint)(2 * stride));
        TVector s3 = TVector.Load(ref target, (nuint)(3 * stride));
        int width = geometry.OutputWidth;
        for (int oh = 0; oh < geometry.OutputHeight; oh++)
        {
            int row = oh * geometry.StrideHeight * geometry.PaddedWidth;
            for (int ow = 0; ow < width; ow++)
            {
                int at = row + (ow * geometry.StrideWidth);
                TVector delta = TVector.Load(ref deltas, (nuint)(((oh * width) + ow) * stride));
                s0 = TVector.MultiplyAdd(delta, TVector.Broadcast(Unsafe.Add(ref x0, at)), s0);
                s1 = TVector.MultiplyAdd(delta, TVector.Broadcast(Unsafe.Add(ref x1, at)), s1);
                s2 = TVector.MultiplyAdd(delta, TVector.Broadcast(Unsafe.Add(ref x2, at)), s2);
                s3 = TVector.MultiplyAdd(delta, TVector.Broadcast(Unsafe.Add(ref x3, at)), s3);
            }
        }

        TVector.Store(s0, ref target, 0);
        TVector.Store(s1, ref target, (nuint)stride);
        TVector.Store(s2, ref target, (nuint)(2 * stride));
        TVector.Store(s3, ref target, (nuint)(3 * stride));
    }

    private static void OneTap(ref float x, ref float deltas, ref float target, int stride, in Conv2dGeometry geometry)
    {
        TVector sum = TVector.Load(ref target, 0);
        for (int oh = 0; oh < geometry.OutputHeight; oh++)
        {
            int row = oh * geometry.StrideHeight * geometry.PaddedWidth;
            for (int ow = 0; ow < geometry.OutputWidth; ow++)
            {
                TVector delta = TVector.Load(ref deltas, (nuint)(((oh * geometry.OutputWidth) + ow) * stride));
                sum = TVector.MultiplyAdd(delta, TVector.Broadcast(Unsafe.Add(ref x, row + (ow * geometry.StrideWidth))), sum);
            }
        }

        TVector.Store(sum, ref target, 0);
    }

    private static void Bias(ref float deltas, ref float target, int stride, int positions)
    {
        TVector sum = TVector.Load(ref target, 0);
        for (int p = 0; p < positions; p++)
        {
            sum = TVector.Add(sum, TVector.Load(ref deltas, (nuint)(p * stride)));
        }

        TVector.Store(sum, ref target, 0);
    }

    /// <summary><c>sum + addend</c>, or <c>sum + 0f</c> when there is none, in place.</summary>
    private static void Add(Span<float> sum, ReadOnlySpan<float> addend)
    {
        ref float target = ref MemoryMarshal.GetReference(sum);
        ref float source = ref MemoryMarshal.GetReference(addend);
        for (nuint i = 0; i < (nuint)sum.Length; i += (nuint)TVector.Count)
        {
            TVector other = addend.IsEmpty ? TVector.Zero : TVector.Load(ref source, i);
            TVector.Store(TVector.Add(TVector.Load(ref target, i), other), ref target, i);
        }
    }

    /// <summary>The parts of the scratch memory.</summary>
    private readonly ref struct Workspace
    {
        /// <summary>Where each tap lies from the corner of its window.</summary>
        public required Span<int> Offsets { get; init; }

        /// <summary>One sample's output gradient as [positions, filters]; the padding filters are zero.</summary>
        public required Span<float> Deltas { get; init; }

        /// <summary>One sum of [taps and bias, filters] per level of the tree.</summary>
        public required Span<float> Sums { get; init; }

        /// <summary>Room for one sample with its padding.</summary>
        public required Span<float> Plane { get; init; }
    }
}
