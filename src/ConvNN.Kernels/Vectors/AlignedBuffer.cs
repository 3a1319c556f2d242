using System.Runtime.InteropServices;

namespace ConvNN.Kernels.Vectors;

/// <summary>A zero-initialised buffer of floats, aligned to 64 bytes: a cache line, and the size of the widest vector.</summary>
public sealed class AlignedBuffer
{
    private readonly float[] _array;
    private readonly int _start;

    /// <summary>Allocates <paramref name="length"/> zeros.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is negative or exceeds <see cref="MaxLength"/>.</exception>
    public AlignedBuffer(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, MaxLength);

        // A pinned array never moves, so the aligned start stays valid; the extra floats leave room to reach it.
        _array = GC.AllocateArray<float>(length + Lanes.Count, pinned: true);
        nuint address = (nuint)Marshal.UnsafeAddrOfPinnedArrayElement(_array, 0);
        _start = (int)((64 - (address % 64)) % 64 / sizeof(float));
        Length = length;
    }

    private AlignedBuffer(float[] array, int start, int length) => (_array, _start, Length) = (array, start, length);

    /// <summary>The maximum number of floats in a buffer, a multiple of <see cref="Lanes.Count"/>: slightly less than 2³¹.</summary>
    public static int MaxLength => (Array.MaxLength - Lanes.Count) & -Lanes.Count;

    /// <summary>Number of floats.</summary>
    public int Length { get; }

    /// <summary>The whole buffer.</summary>
    public Span<float> Span => _array.AsSpan(_start, Length);

    /// <summary>A part of the buffer, in the same memory.</summary>
    /// <param name="start">Its first float, a multiple of <see cref="Lanes.Count"/>, so that it is aligned, too.</param>
    /// <param name="length">Its floats.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is not within the buffer, or not aligned.</exception>
    public AlignedBuffer Slice(int start, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNotEqual(start % Lanes.Count, 0, nameof(start));
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length - start);
        return new AlignedBuffer(_array, _start + start, length);
    }
}
