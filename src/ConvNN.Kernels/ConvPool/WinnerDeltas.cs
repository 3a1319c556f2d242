using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ConvNN.Kernels.Convolution;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.ConvPool;

/// <summary>
/// The output gradients of a fused convolution: those of a row of windows for each of their four places, zero where another one won.
/// To multiply these zeros costs less than to list the winners.
/// </summary>
internal readonly ref struct WinnerDeltas<TVector> : IColumnDeltas
    where TVector : struct, IVector<TVector>
{
    private readonly ReadOnlySpan<float> _dy;
    private readonly ReadOnlySpan<byte> _winners;
    private readonly Span<int> _codes;
    private readonly Span<float> _last;
    private readonly (int Dy, int Winners) _strides;
    private readonly (int Rows, int Width) _windows;
    private readonly bool _isSelected;

    /// <summary>Takes <see cref="ScratchLength"/> floats of the scratch memory.</summary>
    public WinnerDeltas(ReadOnlySpan<float> dy, ReadOnlySpan<byte> winners, ref Span<float> scratch, in ConvPoolGeometry geometry)
    {
        _dy = dy;
        _winners = winners;
        _strides = (geometry.OutputStride, geometry.OutputCount);
        _windows = (geometry.PooledHeight, geometry.PooledWidth);
        _isSelected = TVector.Count == Lanes.Count && geometry.Convolution.Channels == 1 && WinnerTaps.Supports(geometry);

        // The codes of the four places in the lanes of a row, and −1, which is none, in the lanes after it.
        int length = Lanes.RoundUp(geometry.PooledWidth);
        _codes = MemoryMarshal.Cast<float, int>(Scratch.Take(ref scratch, 4 * length));
        _codes.Fill(-1);
        for (int place = 0; place < 4; place++)
        {
            _codes.Slice(place * length, geometry.PooledWidth).Fill(1 + place);
        }

        _last = Scratch.Take(ref scratch, LastLength(geometry));
    }

    /// <inheritdoc/>
    public int Rows => 2 * _windows.Rows;

    /// <inheritdoc/>
    public int Pairs => _windows.Width;

    /// <summary>Floats of scratch memory.</summary>
    public static int ScratchLength(in ConvPoolGeometry geometry) => checked((4 * Lanes.RoundUp(geometry.PooledWidth)) + LastLength(geometry));

    /// <inheritdoc/>
    public void Spread(int sample, int filter, Span<float> deltas, Span<float> bias)
    {
        ref float dy = ref First(sample, filter, out ReadOnlySpan<byte> winners);
        for (int lane = 0; lane < Math.Min(Lanes.Count, _windows.Width); lane += TVector.Count)
        {
            Spread(
                ref Unsafe.Add(ref dy, lane),
                ref Unsafe.Add(ref MemoryMarshal.GetReference(winners), lane),
                _windows,
                ref Unsafe.As<int, float>(ref _codes[lane]),
                ref deltas[lane],
                ref bias[lane]);
        }
    }

    /// <inheritdoc/>
    public bool TryAdd(int sample, int filter, Span<float> plane, in SplitPlane split, Span<float> chains)
    {
        if (!_isSelected)
        {
            return false;
        }

        ref float dy = ref First(sample, filter, out ReadOnlySpan<byte> winners);
        WinnerTaps.Add(
            ref MemoryMarshal.GetReference(plane), split, ref dy, ref MemoryMarshal.GetReference(winners), _windows, ref MemoryMarshal.GetReference(chains), ref chains[^Lanes.Count]);
        return true;
    }

    /// <summary>The first gradient and winner of a filter, from which whole vectors can be read in each row.</summary>
    private ref float First(int sample, int filter, out ReadOnlySpan<byte> winners)
    {
        int windows = _windows.Rows * _windows.Width, at = filter * windows;
        ReadOnlySpan<float> dy = _dy[((sample * _strides.Dy) + at)..];
        winners = _winners[((sample * _strides.Winners) + at)..];
        if (Math.Min(dy.Length, winners.Length) < windows + Lanes.Count)
        {
            // Vectors would read past the end of the call's last sample.
            dy[..windows].CopyTo(_last);
            Span<byte> codes = MemoryMarshal.AsBytes(_last[(windows + Lanes.Count)..]);
            winners[..windows].CopyTo(codes);
            dy = _last;
            winners = codes;
        }

        return ref MemoryMarshal.GetReference(dy);
    }

    /// <summary>The same for a vector of lanes. The sum of both columns of a window is exact, because at most one of them won.</summary>
    private static void Spread(ref float dy, ref byte winners, (int Rows, int Width) windows, ref float codes, ref float deltas, ref float bias)
    {
        nuint length = (nuint)Lanes.RoundUp(windows.Width);
        TVector sum = TVector.Load(ref bias, 0);
        for (int row = 0; row < windows.Rows; row++)
        {
            ref float code = ref codes;
            for (int lower = 0; lower < 2; lower++)
            {
                for (nuint column = 0; column < length; column += Lanes.Count)
                {
                    TVector winner = TVector.LoadBytes(ref Unsafe.Add(ref winners, column));
                    TVector delta = TVector.Load(ref dy, column);
                    TVector even = TVector.ZeroUnlessSame(winner, TVector.Load(ref code, column), delta);
                    TVector odd = TVector.ZeroUnlessSame(winner, TVector.Load(ref code, column + length), delta);
                    TVector.Store(even, ref deltas, 0);
                    TVector.Store(odd, ref deltas, Lanes.Count);
                    sum = TVector.Add(sum, TVector.Add(even, odd));
                    deltas = ref Unsafe.Add(ref deltas, 2 * Lanes.Count);
                }

                code = ref Unsafe.Add(ref code, 2 * length);
            }

            dy = ref Unsafe.Add(ref dy, windows.Width);
            winners = ref Unsafe.Add(ref winners, windows.Width);
        }

        TVector.Store(sum, ref bias, 0);
    }

    private static int LastLength(in ConvPoolGeometry geometry) => checked(2 * Lanes.RoundUp(geometry.Windows + Lanes.Count));
}
