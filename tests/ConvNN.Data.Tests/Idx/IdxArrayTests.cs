using System.Security.Cryptography;
using ConvNN.Data.Idx;

namespace ConvNN.Data.Tests.Idx;

public class IdxArrayTests
{
    [Fact]
    public void Sha256_Array_IsThatOfTheDecodedFile()
    {
        byte[] pixels = IdxBytes.Pixels(2 * 300 * 4);
        var array = new IdxArray("test", pixels, [2, 300, 4]);

        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(IdxBytes.Raw([2, 300, 4], pixels))), array.Sha256);
    }

    [Theory]
    [InlineData(new int[0], 1)]
    [InlineData(new[] { 2, 3 }, 5)]
    [InlineData(new[] { 0, 3 }, 0)]
    [InlineData(new[] { -2, -3 }, 6)]
    [InlineData(new[] { 65536, 65536 }, 0)]
    public void Constructor_DimensionsThatDoNotFit_Throws(int[] dimensions, int length) =>
        Assert.Throws<ArgumentException>(() => new IdxArray("test", new byte[length], dimensions));
}
