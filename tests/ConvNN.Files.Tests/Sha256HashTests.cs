using System.Security.Cryptography;
using System.Text;

namespace ConvNN.Files.Tests;

public class Sha256HashTests
{
    /// <summary>The examples that go with the standard (FIPS 180-4), and the hash of nothing.</summary>
    [Theory]
    [InlineData("", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData("abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [InlineData("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")]
    [InlineData(
        "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu", 1,
        "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1")]
    [InlineData("a", 1_000_000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")]
    public void Of_VectorsOfTheStandard_IsTheirHash(string text, int times, string expected)
    {
        byte[] data = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(text, times)));

        Assert.Equal(expected, Managed(data));
        Assert.Equal(expected, Sha256Hash.Of(data));
        Assert.Equal(expected, Sha256Hash.Of(new MemoryStream(data)));
    }

    /// <summary>The end of a message fills the last block or one more: every length around both, against the framework.</summary>
    [Fact]
    public void Of_EveryLengthUpToFourBlocks_IsTheFrameworks()
    {
        byte[] data = Bytes(4 * 64);

        Assert.All(Enumerable.Range(0, data.Length + 1), length => Assert.Equal(
            Convert.ToHexStringLower(SHA256.HashData(data.AsSpan(0, length))), Managed(data.AsSpan(0, length))));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(1000)]
    public void Append_Pieces_AtEachOfWhichTheHashIsRead_IsTheHashOfTheWhole(int size)
    {
        byte[] data = Bytes(3000);
        Sha256Hash hash = new(byFramework: false);

        for (int end = 0; end < data.Length;)
        {
            int start = end;
            end = Math.Min(data.Length, start + size);
            hash.Append(data.AsSpan(start, end - start));

            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(data.AsSpan(0, end))), hash.Hex());
        }
    }

    /// <summary>As it is computed where there is no OpenSSL.</summary>
    private static string Managed(ReadOnlySpan<byte> data)
    {
        Sha256Hash hash = new(byFramework: false);
        hash.Append(data);
        return hash.Hex();
    }

    private static byte[] Bytes(int count)
    {
        byte[] data = new byte[count];
        new Random(count).NextBytes(data);
        return data;
    }
}
