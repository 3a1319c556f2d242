using System.Text;
using ConvNN.Data.Files;
using ConvNN.Data.Idx;

namespace ConvNN.Data.Tests.Idx;

public sealed class IdxFileTests : IDisposable
{
    private static readonly uint[] SmallDimensions = [2, 3, 4];
    private static readonly byte[] SmallPixels = IdxBytes.Pixels(24);
    private static readonly byte[] Small = IdxBytes.Raw(SmallDimensions, SmallPixels);
    private static readonly byte[] EmptyMember = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false, "images")]
    [InlineData(true, "images.gz")]
    [InlineData(true, "compressed, whatever its name says")]
    [InlineData(false, "raw, whatever its name says.gz")]
    public void Read_ValidFile_GivesItsDimensionsAndData(bool gzip, string name)
    {
        IdxArray array = IdxFile.Read(_folder.File(name, gzip ? IdxBytes.Gzip(Small) : Small), IdxContent.Images);

        Assert.Equal([2, 3, 4], array.Dimensions);
        Assert.Equal(SmallPixels, array.Data.ToArray());
    }

    [Fact]
    public void Read_FourDimensions_AreImagesWithChannels() =>
        Assert.Equal([2, 3, 2, 2], ReadBytes(IdxBytes.Raw([2, 3, 2, 2], SmallPixels)).Dimensions);

    [Fact]
    public void Read_HighestCompression_IsNotTakenForAnImpossibleOne()
    {
        byte[] raw = IdxBytes.Raw([4, 1024, 1024], new byte[4 << 20]);
        byte[] gzip = IdxBytes.Gzip(raw);

        Assert.True(raw.Length > 1000 * gzip.Length, $"{raw.Length} bytes became {gzip.Length}: too many to try the bound.");
        Assert.Equal(4 << 20, ReadBytes(gzip).Data.Length);
    }

    [Fact]
    public void Read_StreamNotAtItsStart_ReadsTheWholeFileAndLeavesItOpen()
    {
        using var stream = new MemoryStream(IdxBytes.Gzip(Small)) { Position = 5 };

        Assert.Equal(SmallPixels, IdxFile.Read(stream, "test", IdxContent.Images).Data.ToArray());
        Assert.True(stream.CanRead);
    }

    [Fact]
    public void Read_RawCutAtAnyByte_SaysWhatIsMissing()
    {
        for (int length = 0; length < Small.Length; length++)
        {
            string path = _folder.File("images", Small[..length]);
            string expected = length switch
            {
                0 => "is empty or not a regular file",
                < 4 => $"begins with a magic number of 4 bytes, found {length}",
                < 16 => $"the header of 3 dimensions has 16 bytes, found {length}",
                _ => $"header declares 2×3×4 = 24 bytes, found {length - 16};",
            };
            AssertRefused(path, $"{path}: ", expected);
        }
    }

    [Fact]
    public void Read_GzipCutAtAnyByte_IsRefused()
    {
        byte[] gzip = IdxBytes.Gzip(Small);

        for (int length = 0; length < gzip.Length; length++)
        {
            string path = _folder.File("images.gz", gzip[..length]);
            string expected = length switch
            {
                0 => "is empty or not a regular file",
                1 => "begins with a magic number of 4 bytes, found 1",
                _ => "get the file again",
            };
            AssertRefused(path, $"{path}: ", expected);
        }
    }

    [Fact]
    public void Read_GzipCutInItsData_SaysSo()
    {
        byte[] gzip = IdxBytes.Gzip(IdxBytes.Images(100, 28, 28), System.IO.Compression.CompressionLevel.NoCompression);

        AssertRefused(gzip[..(gzip.Length / 2)], "header declares 100×28×28 = 78,400 bytes, found fewer, since its gzip data are cut short or damaged;");
    }

    [Theory]
    [InlineData(false, 1, "header declares 2×3×4 = 24 bytes, found 25;")]
    [InlineData(true, 1, "header declares 2×3×4 = 24 bytes, found more;")]
    [InlineData(true, 1000, "header declares 2×3×4 = 24 bytes, found more;")]
    public void Read_BytesAfterTheData_AreRefused(bool gzip, int count, string expected)
    {
        byte[] longer = [.. Small, .. new byte[count]];
        AssertRefused(gzip ? IdxBytes.Gzip(longer) : longer, expected);
    }

    [Fact]
    public void Read_GzipOfSeveralMembers_GivesAllTheirData()
    {
        byte[] gzip = IdxBytes.Gzip(Small);

        Assert.Equal(SmallPixels, ReadBytes([.. gzip, .. EmptyMember]).Data);
        Assert.Equal(SmallPixels, ReadBytes([.. EmptyMember, .. gzip]).Data);
        for (int cut = 0; cut <= Small.Length; cut++)
        {
            Assert.Equal(SmallPixels, ReadBytes([.. IdxBytes.Gzip(Small[..cut]), .. IdxBytes.Gzip(Small[cut..])]).Data);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(1000)]
    public void Read_GzipFilledUpWithZeros_GivesItsData(int zeros) =>
        Assert.Equal(SmallPixels, ReadBytes([.. IdxBytes.Gzip(Small), .. EmptyMember, .. new byte[zeros]]).Data);

    [Fact]
    public void Read_OtherBytesAfterTheGzipTrailer_AreRefused()
    {
        byte[] gzip = IdxBytes.Gzip(Small);

        AssertRefused([.. gzip, .. gzip], "header declares 2×3×4 = 24 bytes, found more;");
        AssertRefused([.. gzip, .. IdxBytes.Gzip([42])], "header declares 2×3×4 = 24 bytes, found more;");
        AssertRefused([.. gzip, .. EmptyMember[..^1]], "or followed by other bytes");
        AssertRefused([.. gzip, .. "<html>"u8], "or followed by other bytes");
        AssertRefused([.. gzip, 0, 0, 1], "or followed by other bytes");
    }

    [Fact]
    public void Read_BytesLostFromStoredGzipData_AreNotReplacedByTheTrailer()
    {
        // Four bytes less, and the decoder takes the checksum for data, the size for part of the checksum, and its
        // end for the end; the size at the end of the file is right.
        byte[] gzip = IdxBytes.Gzip(Small, System.IO.Compression.CompressionLevel.NoCompression);
        int data = gzip.AsSpan().IndexOf(SmallPixels);

        for (int count = 1; count <= 8; count++)
        {
            AssertRefused([.. gzip[..data], .. gzip[(data + count)..]], "get the file again");
        }
    }

    [Fact]
    public void Read_AnyBitOfTheGzipTrailerFlipped_IsRefused()
    {
        byte[] gzip = IdxBytes.Gzip(Small);

        for (int bit = 8 * (gzip.Length - 8); bit < 8 * gzip.Length; bit++)
        {
            byte[] damaged = [.. gzip];
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            AssertRefused(damaged, "get the file again");
        }
    }

    [Theory]
    [InlineData(IdxContent.Images, new byte[] { 0, 0, 8, 1, 0, 0, 0, 1, 7 }, "magic 0x00000801 found, expected 0x00000803 or 0x00000804 (images): images and labels are swapped")]
    [InlineData(IdxContent.Labels, new byte[] { 0, 0, 8, 3, 0, 0, 0, 1, 7 }, "magic 0x00000803 found, expected 0x00000801 (labels): images and labels are swapped")]
    [InlineData(IdxContent.Images, new byte[] { 0, 0, 13, 3, 0, 0, 0, 1, 7 }, "magic 0x00000D03 found, expected 0x00000803 or 0x00000804 (images): values of type 0x0D are not supported")]
    [InlineData(IdxContent.Images, new byte[] { 0, 0, 8, 2, 0, 0, 0, 1, 7 }, "magic 0x00000802 found, expected 0x00000803 or 0x00000804 (images): images have the dimensions [N, H, W] or [N, C, H, W], and this file has 2; write it with those, such as [N, 28, 28]")]
    [InlineData(IdxContent.Labels, new byte[] { 0, 0, 8, 0, 7 }, "magic 0x00000800 found, expected 0x00000801 (labels): labels have one dimension, [N], and this file has 0; write it with one")]
    [InlineData(IdxContent.Images, new byte[] { 0x89, 0x50, 0x4E, 0x47, 7 }, "magic 0x89504E47 found, expected 0x00000803 or 0x00000804 (images): this is not an IDX file")]
    public void Read_AnotherMagic_NamesIt(IdxContent content, byte[] file, string expected)
    {
        AssertRefused(file, expected, content);
        AssertRefused(IdxBytes.Gzip(file), expected, content);
    }

    [Fact]
    public void Read_WebPageSavedAsGzip_SaysSo()
    {
        string path = _folder.File("train-images-idx3-ubyte.gz", Encoding.ASCII.GetBytes("<!DOCTYPE html><title>404</title>"));
        AssertRefused(path, $"{path}: magic 0x3C21444F found", "looks like a web page");
    }

    /// <summary>As a clone has it without Git LFS.</summary>
    [Fact]
    public void Read_PointerOfGitLfs_SaysHowToGetTheFile()
    {
        string path = _folder.File("train-images-idx3-ubyte.gz", Encoding.ASCII.GetBytes("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 9912422\n"));
        AssertRefused(path, $"{path}: magic 0x76657273 found", "looks like a pointer of Git LFS (git lfs pull gets the file itself); get the file again");
    }

    [Theory]
    [InlineData(new uint[] { 0, 28, 28 }, "header declares 0×28×28 bytes, expected at least 1 in each dimension")]
    [InlineData(new uint[] { 1, 0, 28 }, "header declares 1×0×28 bytes, expected at least 1 in each dimension")]
    [InlineData(new uint[] { 60000, 1000, 1000 }, "header declares 60000×1000×1000 = 60,000,000,000 bytes, expected at most 2,147,483,591;")]
    [InlineData(new uint[] { 0x80000000, 1, 1 }, "header declares 2147483648×1×1 = 2,147,483,648 bytes, expected at most 2,147,483,591;")]
    [InlineData(new uint[] { 65536, 65536, 65536, 65536 }, "= 18,446,744,073,709,551,616 bytes, expected at most")]
    [InlineData(new uint[] { uint.MaxValue, uint.MaxValue, uint.MaxValue, uint.MaxValue }, "= 340,282,366,604,025,813,516,997,721,482,669,850,625 bytes, expected at most")]
    public void Read_EmptyOrHugeDimensions_AreRefusedWithoutAllocating(uint[] dimensions, string expected)
    {
        byte[] raw = IdxBytes.Raw(dimensions, [7]);

        AssertRefusedWithin(raw, 1 << 20, expected);
        AssertRefusedWithin(IdxBytes.Gzip(raw), 1 << 20, expected);
    }

    [Fact]
    public void Read_MoreThanTheCallersLimit_IsRefused()
    {
        using var stream = new MemoryStream(Small);
        DatasetException e = Assert.Throws<DatasetException>(() => IdxFile.Read(stream, "test", IdxContent.Images, maxBytes: 23));

        Assert.Contains("test: header declares 2×3×4 = 24 bytes, expected at most 23;", e.Message, StringComparison.Ordinal);
        Assert.Equal(24, IdxFile.Read(stream, "test", IdxContent.Images, maxBytes: 24).Data.Length);
    }

    [Fact]
    public void Read_LargePromiseOfASmallFile_IsRefusedWithoutAllocating()
    {
        byte[] raw = IdxBytes.Raw([1000, 1000, 1000], [7]);

        AssertRefusedWithin(raw, 1 << 20, "header declares 1000×1000×1000 = 1,000,000,000 bytes, found 1;");
        AssertRefusedWithin(IdxBytes.Gzip(raw), 1 << 20, "of gzip data, which cannot hold them");
    }

    [Fact]
    public void Read_GzipBomb_ReadsNoMoreThanOneByteTooMany()
    {
        byte[] bomb = IdxBytes.Gzip([.. Small, .. new byte[64 << 20]]);
        using var stream = new MemoryStream(bomb);

        long before = GC.GetAllocatedBytesForCurrentThread();
        DatasetException e = Assert.Throws<DatasetException>(() => IdxFile.Read(stream, "bomb", IdxContent.Images));
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Contains("header declares 2×3×4 = 24 bytes, found more;", e.Message, StringComparison.Ordinal);
        Assert.True(stream.Position <= 16384, $"{stream.Position} of {bomb.Length} bytes were read, expected two buffers at most.");
        Assert.True(allocated < 1 << 20, $"{allocated} bytes were allocated.");
    }

    private static IdxArray ReadBytes(byte[] file, IdxContent content = IdxContent.Images)
    {
        using var stream = new MemoryStream(file);
        return IdxFile.Read(stream, "test", content);
    }

    private static DatasetException Refused(byte[] file, IdxContent content = IdxContent.Images) =>
        Assert.Throws<DatasetException>(() => ReadBytes(file, content));

    private static void AssertRefused(byte[] file, string expected, IdxContent content = IdxContent.Images)
    {
        string message = Refused(file, content).Message;

        Assert.StartsWith("test: ", message, StringComparison.Ordinal);
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    private static void AssertRefused(string path, params string[] expected)
    {
        string message = Assert.Throws<DatasetException>(() => IdxFile.Read(path, IdxContent.Images)).Message;

        Assert.All(expected, part => Assert.Contains(part, message, StringComparison.Ordinal));
        Assert.DoesNotContain('\n', message);
    }

    private static void AssertRefusedWithin(byte[] file, long bytes, string expected)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        AssertRefused(file, expected);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.True(allocated < bytes, $"{allocated} bytes were allocated, expected less than {bytes}.");
    }
}
