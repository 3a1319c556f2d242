using System.Runtime.CompilerServices;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Tests.Vectors;

public class AlignedBufferTests
{
    [Fact]
    public unsafe void Span_EveryLength_IsZeroAndStartsOnACacheLine()
    {
        for (int length = 1; length <= 100; length++)
        {
            AlignedBuffer buffer = new(length);
            nuint address = (nuint)Unsafe.AsPointer(ref buffer.Span[0]);        // pinned: it stays true

            Assert.True(address % 64 == 0, $"length {length}: expected an address divisible by 64, actual remainder {address % 64}.");
            Assert.Equal(length, buffer.Length);
            Assert.Equal(length, buffer.Span.Length);
            Assert.Equal(-1, buffer.Span.IndexOfAnyExcept(0f));
        }
    }

    [Fact]
    public void New_NoFloats_IsEmpty() => Assert.True(new AlignedBuffer(0).Span.IsEmpty);

    [Fact]
    public void New_LengthOutOfRange_Throws()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new AlignedBuffer(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new AlignedBuffer(AlignedBuffer.MaxLength + 1));
        Assert.Equal(0, AlignedBuffer.MaxLength % Lanes.Count);
    }
}
