using ConvNN.Data.Files;
using ConvNN.Data.Tests.Idx;

namespace ConvNN.Data.Tests.Files;

public class Crc32Tests
{
    [Fact]
    public void Append_CheckString_GivesThePublishedChecksum() =>
        Assert.Equal(0xCBF43926, Crc32.Append(0, "123456789"u8));       // the check value that CRC catalogues print

    [Fact]
    public void Append_AnyLengthInAnyPieces_IsTheSumBitByBit()
    {
        byte[] data = IdxBytes.Pixels(40);

        for (int length = 0; length <= data.Length; length++)
        {
            uint expected = BitByBit(data.AsSpan(0, length));

            for (int cut = 0; cut <= length; cut++)
            {
                uint actual = Crc32.Append(Crc32.Append(0, data.AsSpan(0, cut)), data.AsSpan(cut, length - cut));
                Assert.True(expected == actual, $"length {length} cut at {cut}: expected {expected:X8}, actual {actual:X8}.");
            }
        }
    }

    private static uint BitByBit(ReadOnlySpan<byte> data)
    {
        uint crc = ~0u;

        foreach (byte value in data)
        {
            for (int bit = 0; bit < 8; bit++)
            {
                uint feedback = (crc ^ (uint)(value >> bit)) & 1;
                crc = (crc >> 1) ^ (feedback * 0xEDB88320);
            }
        }

        return ~crc;
    }
}
