using System.Runtime.CompilerServices;

namespace ConvNN.Kernels.Convolution;

/// <content>The inputs that a vector of filters sees at a position, for the parameter gradients.</content>
internal sealed partial class Conv2dVector<TVector>
{
    /// <summary>A padded sample, as the filters see it.</summary>
    private interface IInputs
    {
        /// <summary>Whether all filters see the same inputs.</summary>
        static abstract bool AreShared { get; }

        /// <summary>Floats of the plane.</summary>
        static abstract int LengthOf(in Conv2dGeometry geometry);

        /// <summary>The padded plane of a sample.</summary>
        static abstract ReadOnlySpan<float> Fill(ReadOnlySpan<float> sample, Span<float> plane, in Conv2dGeometry geometry);

        /// <summary>The offset of the first input of filter f.</summary>
        static abstract int FirstOf(int f);

        /// <summary>The offset of a position; <paramref name="stride"/> is the number of filters, rounded up to whole vectors.</summary>
        static abstract int Place(int position, int stride);

        /// <summary>The inputs of a vector of filters.</summary>
        static abstract TVector Load(ref float x, int at);
    }

    /// <summary>All filters see the same inputs: [C, PaddedHeight, PaddedWidth].</summary>
    private readonly struct SharedInputs : IInputs
    {
        public static bool AreShared => true;

        public static int LengthOf(in Conv2dGeometry geometry) => PaddedPlane.LengthOf(geometry);

        public static ReadOnlySpan<float> Fill(ReadOnlySpan<float> sample, Span<float> plane, in Conv2dGeometry geometry) =>
            PaddedPlane.Of(sample, plane, geometry);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static int FirstOf(int f) => 0;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static int Place(int position, int stride) => position;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Load(ref float x, int at) => TVector.Broadcast(Unsafe.Add(ref x, at));
    }

    /// <summary>Each filter sees its group's channels: [C / Groups, PaddedHeight, PaddedWidth, F].</summary>
    private readonly struct OwnInputs : IInputs
    {
        public static bool AreShared => false;

        public static int LengthOf(in Conv2dGeometry geometry) =>
            checked(geometry.GroupChannels * geometry.PaddedHeight * geometry.PaddedWidth * FilterStride(geometry));

        public static ReadOnlySpan<float> Fill(ReadOnlySpan<float> sample, Span<float> plane, in Conv2dGeometry geometry)
        {
            int stride = FilterStride(geometry);
            plane.Clear();
            for (int row = 0; row < geometry.GroupChannels * geometry.Height; row++)
            {
                (int c, int h) = Math.DivRem(row, geometry.Height);
                int target = ((((c * geometry.PaddedHeight) + h + geometry.PaddingHeight) * geometry.PaddedWidth) + geometry.PaddingWidth) * stride;
                for (int f = 0; f < geometry.Filters; f++)
                {
                    int channel = (f / geometry.GroupFilters * geometry.GroupChannels) + c;
                    ReadOnlySpan<float> source = sample.Slice(((channel * geometry.Height) + h) * geometry.Width, geometry.Width);
                    for (int i = 0; i < source.Length; i++)
                    {
                        plane[target + (i * stride) + f] = source[i];
                    }
                }
            }

            return plane;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static int FirstOf(int f) => f;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static int Place(int position, int stride) => position * stride;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Load(ref float x, int at) => TVector.Load(ref x, (nuint)at);
    }
}
