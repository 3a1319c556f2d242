using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ConvNN.Kernels.Sums;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Convolution;

/// <content>
/// The parameter gradients. Lanes are filters, so each lane is a separate chain over (n, oh, ow). The bias is an extra tap whose
/// input is 1. With one group, all filters share the inputs; with several, the plane holds each filter's own input at every
/// position. With few channels, a filter has several chains, one for each lane of the definition; they are processed one after another.
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
        int byColumns = LanesAreColumns(geometry)
            ? ColumnTerms<TVector, OutputDeltas<TVector>>.ScratchLength(geometry.OutputHeight, (geometry.OutputWidth + 1) / 2, geometry) : 0;
        int plane = geometry.Groups == 1 ? SharedInputs.LengthOf(geometry) : OwnInputs.LengthOf(geometry);
        return Math.Max(byColumns, checked(geometry.Taps + plane + DeltasByPosition(geometry) + ChainsLength(geometry) + SubtreeSums<TVector>.ScratchLength(AccumulatorLength(geometry))));
    }

    /// <summary>Lanes of the definition that have outputs.</summary>
    private static int LanesOf(in Conv2dGeometry geometry) => geometry.SumsByColumns ? Math.Min(Lanes.Count, (geometry.OutputWidth + 1) / 2) : 1;

    /// <summary>Whether adjacent columns, for which a vector has the sums of one filter, need less work than filters as lanes.</summary>
    private static bool LanesAreColumns(in Conv2dGeometry geometry) =>
        geometry is { SumsByColumns: true, StrideWidth: 1, DilationWidth: 1 }
        && 2L * geometry.Filters * Lanes.RoundUp((geometry.OutputWidth + 1) / 2) <= 3L * FilterStride(geometry) * geometry.OutputWidth;

    private static int ChainsLength(in Conv2dGeometry geometry) => LanesOf(geometry) == 1 ? 0 : checked(LanesOf(geometry) * AccumulatorLength(geometry));

    private static int AccumulatorLength(in Conv2dGeometry geometry) => checked((geometry.Taps + 1) * FilterStride(geometry));

    private protected override void ParameterGradientCore(
        ReadOnlySpan<float> x, ReadOnlySpan<float> dy, Span<float> dw, Span<float> db, ReadOnlySpan<int> edges, Span<float> scratch, in Conv2dGeometry geometry)
    {
        if (LanesAreColumns(geometry))
        {
            if (TVector.Count > Width4Lanes && geometry.OutputWidth <= TVector.Count)
            {
                // Half of each vector would be padding.
                (TVector.Count > Width8Lanes ? Width8 : Width4).ParameterGradient(x, dy, dw, db, edges, scratch, geometry);
                return;
            }

            OutputDeltas<TVector> deltas = new(dy, geometry);
            ColumnTerms<TVector, OutputDeltas<TVector>>.Compute(x, deltas, dw, db, edges, scratch, geometry);
            return;
        }

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
            Chains = Scratch.Take(ref scratch, ChainsLength(geometry)),
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

    /// <summary>A tile over the positions of a lane. Lanes that have several pairs of columns in a row get them row by row.</summary>
    private static void AddTile<TInputs>(
        ref float plane, ReadOnlySpan<int> offsets, ref float deltas, ref float target, int filter, int vectors, in Columns columns, in Conv2dGeometry geometry)
        where TInputs : IInputs
    {
        (int height, int width, int stride) = (geometry.OutputHeight, geometry.OutputWidth, FilterStride(geometry));
        int rowStep = geometry.StrideHeight * geometry.PaddedWidth;
        int rows = columns.Step < width ? 1 : height;
        for (int row = 0; row < height; row += rows)
        {
            for (int column = columns.First; column < width; column += columns.Step)
            {
                Positions positions = new(
                    rows, Math.Min(columns.Count, width - column), (row * rowStep) + (column * geometry.StrideWidth), rowStep, geometry.StrideWidth, width * stride);
                ref float first = ref Unsafe.Add(ref deltas, ((row * width) + column) * stride);
                if (vectors == 2)
                {
                    TwoVectors(ref plane, offsets, ref first, ref target, stride, positions);
                }
                else
                {
                    OneVector<TInputs>(ref Unsafe.Add(ref plane, TInputs.FirstOf(filter)), offsets, ref first, ref target, stride, positions);
                }
            }
        }
    }

    private static void Bias(ref float deltas, ref float target, int stride, in Columns columns, in Conv2dGeometry geometry)
    {
        TVector sum = TVector.Load(ref target, 0);
        (int height, int width) = (geometry.OutputHeight, geometry.OutputWidth);
        for (int oh = 0; oh < height; oh++)
        {
            for (int first = columns.First; first < width; first += columns.Step)
            {
                int end = Math.Min(first + columns.Count, width);
                for (int ow = first; ow < end; ow++)
                {
                    sum = TVector.Add(sum, TVector.Load(ref deltas, (nuint)(((oh * width) + ow) * stride)));
                }
            }
        }

        TVector.Store(sum, ref target, 0);
    }

    /// <summary>The output columns of a chain: <paramref name="Count"/> from <paramref name="First"/>, again after <paramref name="Step"/>.</summary>
    private readonly record struct Columns(int First, int Count, int Step)
    {
        public static Columns Of(int lane, in Conv2dGeometry geometry) =>
            geometry.SumsByColumns ? new(2 * lane, 2, 2 * Lanes.Count) : new(0, geometry.OutputWidth, geometry.OutputWidth);
    }

    /// <summary>The terms of each sample; the sums are [taps and bias, filters].</summary>
    private readonly ref struct Terms<TInputs> : ILeafTerms
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

        /// <summary>Space for the sums of each lane, or empty for only one.</summary>
        public required Span<float> Chains { get; init; }

        public required Conv2dGeometry Geometry { get; init; }

        public void Sum(int first, int end, Span<float> sums)
        {
            int lanes = LanesOf(Geometry);
            Span<float> chains = lanes == 1 ? sums : Chains;
            chains.Clear();
            for (int n = first; n < end; n++)
            {
                Add(n, chains);
            }

            if (lanes == 1)
            {
                return;
            }

            // Lanes without outputs would be zero, and adding them is the same as leaving them out.
            for (int half = Lanes.Count / 2; half > 0; half /= 2)
            {
                for (int l = 0; l < half && l + half < lanes; l++)
                {
                    SumTree.AddVectors<TVector>(ref chains[l * sums.Length], ref chains[(l + half) * sums.Length], sums.Length / TVector.Count);
                }
            }

            chains[..sums.Length].CopyTo(sums);
        }

        private void Add(int sample, Span<float> chains)
        {
            int length = AccumulatorLength(Geometry), lanes = LanesOf(Geometry);
            int stride = FilterStride(Geometry);
            ReadOnlySpan<float> x = X.Slice(sample * Geometry.InputStride, Geometry.InputStride);
            ref float plane = ref MemoryMarshal.GetReference(TInputs.Fill(x, Plane, Geometry));
            ref float deltas = ref MemoryMarshal.GetReference(Deltas);
            ref float sum = ref MemoryMarshal.GetReference(chains);
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
                    for (int lane = 0; lane < lanes; lane++)
                    {
                        AddTile<TInputs>(
                            ref plane, offsets, ref Unsafe.Add(ref deltas, f), ref Unsafe.Add(ref sum, (lane * length) + (t * stride) + f), f, vectors, Columns.Of(lane, Geometry), Geometry);
                    }
                }
            }

            for (int lane = 0; lane < lanes; lane++)
            {
                for (int f = 0; f < Geometry.Filters; f += TVector.Count)
                {
                    Bias(ref Unsafe.Add(ref deltas, f), ref Unsafe.Add(ref sum, (lane * length) + (Geometry.Taps * stride) + f), stride, Columns.Of(lane, Geometry), Geometry);
                }
            }
        }
    }
}
