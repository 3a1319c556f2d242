using System.Buffers.Binary;
using ConvNN.Formats.TensorBoard;
using ConvNN.Pictures;

namespace ConvNN.Formats.Tests.TensorBoard;

/// <summary>tests/formats/check_tensorboard.py reads the files of a run by code that is not ours.</summary>
public class EventFileTests
{
    // The records of a file's first event: its length, the checksum of that, time and step 0, the version.
    private const int TimeAndStep = 1 + sizeof(double) + 2;

    /// <summary>RFC 3720, appendix B.4; the checksums there are given byte by byte, the lowest first.</summary>
    public static TheoryData<byte[], uint> Vectors { get; } = new()
    {
        { new byte[32], 0x8A9136AA },
        { [.. Enumerable.Repeat((byte)0xFF, 32)], 0x62A8AB43 },
        { [.. Enumerable.Range(0, 32).Select(i => (byte)i)], 0x46DD794E },
        { [.. Enumerable.Range(0, 32).Select(i => (byte)(31 - i))], 0x113FDB5C },
        { [0x01, 0xC0, .. new byte[14], 0x14, .. new byte[5], 0x04, .. new byte[4], 0x14, 0, 0, 0, 0x18, 0x28, .. new byte[7], 0x02, .. new byte[7]], 0xD9963A56 },
        { "123456789"u8.ToArray(), 0xE3069283 },
        { [], 0 },
    };

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Crc32C_PublishedVectors_HaveTheirChecksums(byte[] bytes, uint expected) => Assert.Equal(expected, Crc32C.Of(bytes));

    /// <summary>A checksum c becomes (c ≫ 15 | c ≪ 17) + 0xA282EAD8.</summary>
    [Fact]
    public void Masked_OfAVector_IsTurnedAndMoved() => Assert.Equal(unchecked(((0xE3069283 >> 15) | (0xE3069283 << 17)) + 0xA282EAD8), Crc32C.Masked("123456789"u8));

    [Fact]
    public void Flush_Events_AreRecordsWithChecksumsAndOnlyOnce()
    {
        using MemoryStream stream = new();
        using EventFile file = new(stream, TimeProvider.System);
        file.Flush();
        long first = stream.Length;
        file.AddStart(7);
        file.Add(300, new EventSummary().Scalar("loss", 0.5).Scalar("none", null));
        file.Flush();
        file.Flush();

        byte[][] events = [.. Records(stream.ToArray())];
        Assert.Equal(3, events.Length);
        Assert.Equal(first, 16 + events[0].Length);
        Assert.Equal([0x1A, 13, .. "brain.Event:2"u8], events[0][TimeAndStep..]);
        Assert.Equal([0x10, 7, 0x3A, 2, 0x08, 1], events[1][9..]);
        Assert.Equal([0x10, 0xAC, 0x02, 0x2A, 13, 0x0A, 11, 0x0A, 4, .. "loss"u8, 0x15, 0, 0, 0, 0x3F], events[2][9..]);
        double now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        Assert.All(events, content => Assert.InRange(BinaryPrimitives.ReadDoubleLittleEndian(content.AsSpan(1)), now - 60, now + 60));
    }

    [Fact]
    public void NameOf_ATime_IsWhatTensorBoardLooksFor() =>
        Assert.Equal("events.out.tfevents.0000000012.host.34.0", EventFile.NameOf(DateTimeOffset.UnixEpoch.AddSeconds(12.9), "host", 34));

    [Fact]
    public void Summary_HistogramOfEqualValuesAndPictures_AreWritten()
    {
        using MemoryStream stream = new();
        using EventFile file = new(stream, TimeProvider.System);
        file.Add(1, new EventSummary().Histogram("same", [2, 2, 2]).Image("grey", new Picture(3, 2, 1, new byte[6])));
        file.Flush();

        byte[] content = Records(stream.ToArray()).Last();
        Assert.True(content.AsSpan().IndexOf("PNG"u8) > 0);
        Assert.True(content.AsSpan().IndexOf(BitConverter.GetBytes(3.0)) > 0);
    }

    private static IEnumerable<byte[]> Records(byte[] file)
    {
        for (int at = 0; at < file.Length;)
        {
            int length = (int)BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(at));
            byte[] content = file[(at + 12)..(at + 12 + length)];
            Assert.Equal(Crc32C.Masked(file.AsSpan(at, 8)), BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 8)));
            Assert.Equal(Crc32C.Masked(content), BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 12 + length)));
            at += length + 16;
            yield return content;
        }
    }
}
