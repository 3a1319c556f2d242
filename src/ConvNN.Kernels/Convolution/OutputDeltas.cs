using System.Runtime.InteropServices;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Convolution;

/// <summary>The output gradients of a convolution, with even and odd columns apart.</summary>
internal readonly ref struct OutputDeltas<TVector>(ReadOnlySpan<float> dy, in Conv2dGeometry geometry) : IColumnDeltas
    where TVector : struct, IVector<TVector>
{
    private readonly ReadOnlySpan<float> _dy = dy;
    private readonly int _width = geometry.OutputWidth;
    private readonly int _stride = geometry.OutputStride;

    /// <inheritdoc/>
    public int Rows { get; } = geometry.OutputHeight;

    /// <inheritdoc/>
    public int Pairs => (_width + 1) / 2;

    /// <inheritdoc/>
    public void Spread(int sample, int filter, Span<float> deltas, Span<float> bias)
    {
        ReadOnlySpan<float> source = _dy.Slice((sample * _stride) + (filter * Rows * _width), Rows * _width);
        int block = 2 * Lanes.Count;
        for (Span<float> target = deltas; !source.IsEmpty; source = source[_width..])
        {
            for (int column = 0; column < _width; column += block, target = target[block..])
            {
                SplitPlane.Split(source[column..Math.Min(column + block, _width)], target, target[Lanes.Count..]);
            }
        }

        ref float first = ref MemoryMarshal.GetReference(deltas);
        for (int lane = 0; lane < Lanes.Count; lane += TVector.Count)
        {
            TVector sum = TVector.Load(ref bias[lane], 0);
            for (nuint i = (nuint)lane; i < (nuint)deltas.Length; i += Lanes.Count)
            {
                sum = TVector.Add(sum, TVector.Load(ref first, i));
            }

            TVector.Store(sum, ref bias[lane], 0);
        }
    }

    /// <inheritdoc/>
    public bool TryAdd(int sample, int filter, Span<float> plane, in SplitPlane split, Span<float> chains) => false;
}
