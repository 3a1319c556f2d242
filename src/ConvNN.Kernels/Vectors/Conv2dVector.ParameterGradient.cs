using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ConvNN.Kernels.Vectors;

/// <content>
/// The parameter gradients: lanes are filters, so each lane is a chain of its own over (n, oh, ow). The bias is one more
/// tap, whose input is 1. All filters share an input where there is one group; with several, the plane holds for each
/// position what each filter sees there.
/// </content>
internal sealed partial class Conv2dVector<TVector>
{
    private static readonly Conv2dKernels Width4 = For(KernelTier.Vector128);
    private static readonly Conv2dKernels Width8 = For(KernelTier.Vector256);

    private static int FilterStride(in Conv2dGeometry geometry) => (geometry.Filters + TVector.Count - 1) & -TVector.Count;

    private static int DeltasByPosition(in Conv2dGeometry geometry) =>
        checked(geometry.OutputHeight * geometry.OutputWidth * FilterStride(geometry));

    private static int ParameterGradientScratch(in Conv2dGeometry geometry)
    {
        int plane = geometry.Groups == 1 ? SharedInputs.LengthOf(geometry) : OwnInputs.LengthOf(geometry);
        return checked(geometry.Taps + plane + DeltasByPosition(geometry) + SubtreeSums<TVector>.ScratchLength(AccumulatorLength(geometry)));
    }

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

        if (geometry.Groups == 1)
        {
            ParameterGradient<SharedInputs>(x, dy, dw, db, edges, scratch, geometry);
        }
        else
        {
            ParameterGradient<OwnInputs>(x, dy, dw, db, edges, scratch, geometry);
        }
    }

    private static void ParameterGradient<TInputs>(
        ReadOnlySpan<float> x, ReadOnlySpan<float> dy, Span<float> dw, Span<float> db, ReadOnlySpan<int> edges, Span<float> scratch, in Conv2dGeometry geometry)
        where TInputs : IInputs
    {
        Terms<TInputs> terms = new()
        {
            X = x,
            Dy = dy,
            Offsets = MemoryMarshal.Cast<float, int>(Scratch.Take(ref scratch, geometry.Taps)),
            Deltas = Scratch.Take(ref scratch, DeltasByPosition(geometry)),
            Plane = Scratch.Take(ref scratch, TInputs.LengthOf(geometry)),
            Geometry = geometry,
        };
        PaddedPlane.TapOffsets(terms.Offsets, geometry);
        terms.Deltas.Clear();

        Span<float> sums = SubtreeSums<TVector>.Compute(terms, edges, scratch, AccumulatorLength(geometry));
        for (int f = 0; f < geometry.Filters; f++)
        {
            for (int t = 0; t < geometry.Taps; t++)
            {
                dw[(f * geometry.TapStride) + t] = sums[(t * FilterStride(geometry)) + f];
            }

            if (!db.IsEmpty)
            {
                db[f] = sums[(geometry.Taps * FilterStride(geometry)) + f];
            }
        }
    }

    private static void FourTaps<TInputs>(ref float plane, ReadOnlySpan<int> offsets, ref float deltas, ref float target, int stride, in Conv2dGeometry geometry)
        where TInputs : IInputs
    {
        ref float x0 = ref Unsafe.Add(ref plane, TInputs.Place(offsets[0], stride));
        ref float x1 = ref Unsafe.Add(ref plane, TInputs.Place(offsets[1], stride));
        ref float x2 = ref Unsafe.Add(ref plane, TInputs.Place(offsets[2], stride));
        ref float x3 = ref Unsafe.Add(ref plane, TInputs.Place(offsets[3], stride));
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
                int at = TInputs.Place(row + (ow * geometry.StrideWidth), stride);
                TVector delta = TVector.Load(ref deltas, (nuint)(((oh * width) + ow) * stride));
                s0 = TVector.MultiplyAdd(delta, TInputs.Load(ref x0, at), s0);
                s1 = TVector.MultiplyAdd(delta, TInputs.Load(ref x1, at), s1);
                s2 = TVector.MultiplyAdd(delta, TInputs.Load(ref x2, at), s2);
                s3 = TVector.MultiplyAdd(delta, TInputs.Load(ref x3, at), s3);
            }
        }

        TVector.Store(s0, ref target, 0);
        TVector.Store(s1, ref target, (nuint)stride);
        TVector.Store(s2, ref target, (nuint)(2 * stride));
        TVector.Store(s3, ref target, (nuint)(3 * stride));
    }

    private static void OneTap<TInputs>(ref float x, ref float deltas, ref float target, int stride, in Conv2dGeometry geometry)
        where TInputs : IInputs
    {
        TVector sum = TVector.Load(ref target, 0);
        for (int oh = 0; oh < geometry.OutputHeight; oh++)
        {
            int row = oh * geometry.StrideHeight * geometry.PaddedWidth;
            for (int ow = 0; ow < geometry.OutputWidth; ow++)
            {
                TVector delta = TVector.Load(ref deltas, (nuint)(((oh * geometry.OutputWidth) + ow) * stride));
                sum = TVector.MultiplyAdd(delta, TInputs.Load(ref x, TInputs.Place(row + (ow * geometry.StrideWidth), stride)), sum);
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

    /// <summary>The samples; the sums are [taps and bias, filters].</summary>
    private readonly ref struct Terms<TInputs> : ISampleTerms
        where TInputs : IInputs
    {
        public required ReadOnlySpan<float> X { get; init; }

        public required ReadOnlySpan<float> Dy { get; init; }

        /// <summary>Where each tap lies from the corner of its window.</summary>
        public required Span<int> Offsets { get; init; }

        /// <summary>One sample's output gradient as [positions, filters]; the padding filters are zero.</summary>
        public required Span<float> Deltas { get; init; }

        /// <summary>Room for one sample with its padding.</summary>
        public required Span<float> Plane { get; init; }

        public required Conv2dGeometry Geometry { get; init; }

        public void Add(int sample, Span<float> sums)
        {
            int stride = FilterStride(Geometry);
            ReadOnlySpan<float> x = X.Slice(sample * Geometry.InputStride, Geometry.InputStride);
            ref float plane = ref MemoryMarshal.GetReference(TInputs.Fill(x, Plane, Geometry));
            ref float deltas = ref MemoryMarshal.GetReference(Deltas);
            ref float sum = ref MemoryMarshal.GetReference(sums);
            int positions = Geometry.OutputHeight * Geometry.OutputWidth;
            ref float source = ref MemoryMarshal.GetReference(Dy.Slice(sample * Geometry.OutputStride, Geometry.Filters * positions));
            for (int p = 0; p < positions; p++)
            {
                for (int f = 0; f < Geometry.Filters; f++)
                {
                    Unsafe.Add(ref deltas, (p * stride) + f) = Unsafe.Add(ref source, (f * positions) + p);
                }
            }

            for (int t = 0; t < Geometry.Taps; t += Tile)
            {
                int taps = Math.Min(Tile, Geometry.Taps - t);
                for (int f = 0; f < Geometry.Filters; f += TVector.Count)
                {
                    ref float target = ref Unsafe.Add(ref sum, (t * stride) + f);
                    ref float column = ref Unsafe.Add(ref deltas, f);
                    ref float inputs = ref Unsafe.Add(ref plane, TInputs.FirstOf(f));
                    if (taps == Tile)
                    {
                        FourTaps<TInputs>(ref inputs, Offsets.Slice(t, Tile), ref column, ref target, stride, Geometry);
                        continue;
                    }

                    for (int k = 0; k < taps; k++)
                    {
                        OneTap<TInputs>(ref Unsafe.Add(ref inputs, TInputs.Place(Offsets[t + k], stride)), ref column, ref Unsafe.Add(ref target, k * stride), stride, Geometry);
                    }
                }
            }

            for (int f = 0; f < Geometry.Filters; f += TVector.Count)
            {
                Bias(ref Unsafe.Add(ref deltas, f), ref Unsafe.Add(ref sum, (Geometry.Taps * stride) + f), stride, positions);
            }
        }
    }
}
