using ConvNN.Kernels.Functions;

namespace ConvNN.Kernels.Tests.Functions;

public class Philox4x32Tests
{
    /// <summary>The known answers of the Random123 distribution for philox4x32-10.</summary>
    [Theory]
    [InlineData(0u, 0u, 0u, 0u, 0ul, 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u)]
    [InlineData(0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffffffffff, 0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu)]
    [InlineData(0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u, 0x299f31d0a4093822, 0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u)]
    public void Block_KnownCounterAndKey_GivesTheKnownAnswer(uint c0, uint c1, uint c2, uint c3, ulong key, uint w0, uint w1, uint w2, uint w3)
    {
        (uint W0, uint W1, uint W2, uint W3) actual = Philox4x32.Block(c0, c1, c2, c3, key);

        Assert.True((w0, w1, w2, w3) == actual, $"expected {w0:x8} {w1:x8} {w2:x8} {w3:x8}, got {actual.W0:x8} {actual.W1:x8} {actual.W2:x8} {actual.W3:x8}.");
    }
}
