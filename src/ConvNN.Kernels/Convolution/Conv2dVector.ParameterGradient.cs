using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ConvNN.Kernels.Sums;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Convolution;

/// <content>
/// The parameter gradients. Lanes are filters, so each lane is a separate chain over (n, oh, ow). The bias is an extra tap whose
/// input is 1. With one group, all filters share the inputs; with several, the plane holds each filter's own input at every
/// position.
/// </content>
internal sealed partial class Conv2dVector<TVector>
{
    private static readonly Conv2dKernels Width4 = new Conv2dVector<Float128>();
    private static readonly Conv2dKernels Width8 = new Conv2dVector<Float256>();

    private static int FilterStride(in Conv2dGeometry geometry) => PositionSums<TVector>.Stride(geometry.Filters);

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
        if (TVector.Count > Width8Lanes && geometry.Filters <= Width8Lanes)
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

    private static void Bias(ref float deltas, ref float target, int stride, int positions)
    {
        TVector sum = TVector.Load(ref target, 0);
        for (int p = 0; p < positions; p++)
        {
            sum = TVector.Add(sum, TVector.Load(ref deltas, (nuint)(p * stride)));
        }

        TVector.Store(sum, ref target, 0);
    }

    /// <summary>The terms of each sample; the sums are [taps and bias, filters].</summary>
    private readonly ref struct Terms<TInputs> : ISampleTerms
        where TInputs : IInputs
    {
        public required ReadOnlySpan<float> X { get; init; }

        public required ReadOnlySpan<float> Dy { get; init; }

        /// <summary>The offset of each tap from the corner of its window.</summary>
        public required Span<int> Offsets { get; init; }

        /// <summary>One sample's output gradient as [positions, filters]; padding filters are zero.</summary>
        public required Span<float> Deltas { get; init; }

        /// <summary>Space for one padded sample.</summary>
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
            Transposition.Copy(ref source, positions, ref deltas, stride, Geometry.Filters, positions);

            // The deltas of one or two vectors of filters stay in the L1 cache for all taps.
            for (int f = 0, vectors; f < stride; f += vectors * TVector.Count)
            {
                vectors = TInputs.AreShared && f + TVector.Count < stride ? 2 : 1;
                int tile = vectors == 2 ? TapsOfTwoVectors : TapsOfOneVector;
                for (int t = 0; t < Geometry.Taps; t += tile)
                {
                    ReadOnlySpan<int> offsets = Offsets.Slice(t, Math.Min(tile, Geometry.Taps - t));
                    ref float target = ref Unsafe.Add(ref sum, (t * stride) + f);
                    if (vectors == 2)
                    {
                        TwoVectors(ref plane, offsets, ref Unsafe.Add(ref deltas, f), ref target, stride, Geometry);
                    }
                    else
                    {
                        OneVector<TInputs>(ref Unsafe.Add(ref plane, TInputs.FirstOf(f)), offsets, ref Unsafe.Add(ref deltas, f), ref target, stride, Geometry);
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
