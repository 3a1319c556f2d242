using ConvNN.Data.Files;
using ConvNN.Data.Idx;

namespace ConvNN.Data.Tests.Idx;

/// <summary>
/// Damages files in every way. The property: the reader gives exactly what the bytes say, or throws
/// <see cref="DatasetException"/>, in bounded memory; never another exception.
/// </summary>
public sealed class IdxFuzzTests
{
    private const int GzipHeaderLength = 10;
    private const int MaxBytes = 1 << 20;

    private static readonly byte[] Raw = IdxBytes.Images(count: 5, height: 6, width: 7);
    private static readonly byte[] Gzip = IdxBytes.Gzip(Raw);

    [Fact]
    public void Read_AnyByteOfTheHeaderChanged_IsRefused()
    {
        byte[] damaged = [.. Raw];

        for (int position = 0; position < 16; position++)
        {
            for (int change = 1; change < 256; change++)
            {
                damaged[position] ^= (byte)change;
                Assert.True(TryRead(damaged) is null, $"Byte {position} changed to 0x{damaged[position]:X2} was not noticed.");
                damaged[position] = Raw[position];
            }
        }
    }

    [Fact]
    public void Read_AnyByteOfTheGzipHeaderChanged_GivesTheSameDataOrIsRefused()
    {
        byte[] damaged = [.. Gzip];

        for (int position = 0; position < GzipHeaderLength; position++)
        {
            for (int change = 1; change < 256; change++)
            {
                damaged[position] ^= (byte)change;
                AssertIsOriginal(TryRead(damaged), $"gzip header byte {position} is 0x{damaged[position]:X2}");
                damaged[position] = Gzip[position];
            }
        }
    }

    [Fact]
    public void Read_AnyBitOfTheGzipDataFlipped_GivesTheSameDataOrIsRefused()
    {
        byte[] damaged = [.. Gzip];

        for (int bit = 8 * GzipHeaderLength; bit < 8 * Gzip.Length; bit++)
        {
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            AssertIsOriginal(TryRead(damaged), $"gzip bit {bit}");
            damaged[bit / 8] = Gzip[bit / 8];
        }
    }

    [Fact]
    public void Read_RandomDamageToRawFile_GivesWhatTheBytesSayOrIsRefused()
    {
        int read = 0;

        for (int seed = 0; seed < 2000; seed++)
        {
            byte[] damaged = Damage(Raw, new Random(seed));

            if (TryRead(damaged) is { } array)
            {
                // Written again, it must be the file to the last byte: nothing was skipped, added or read twice.
                byte[] again = IdxBytes.Raw([.. array.Dimensions.Select(size => (uint)size)], array.Data.ToArray());
                Assert.True(again.AsSpan().SequenceEqual(damaged), $"seed {seed}: the file reads as other bytes than it has.");
                read++;
            }
        }

        Assert.True(read > 100, $"Only {read} files could be read: the damage leaves too little of the property to test.");
    }

    [Fact]
    public void Read_RandomDamageToGzipFile_GivesTheSameDataOrIsRefused()
    {
        for (int seed = 0; seed < 2000; seed++)
        {
            AssertIsOriginal(TryRead(Damage(Gzip, new Random(seed))), $"seed {seed}");
        }
    }

    [Fact]
    public void Read_RandomDamageInsideGzipFile_GivesWhatTheBytesSayOrIsRefused()
    {
        for (int seed = 0; seed < 500; seed++)
        {
            byte[] damaged = Damage(Raw, new Random(seed));
            IdxArray? raw = TryRead(damaged);
            IdxArray? gzip = TryRead(IdxBytes.Gzip(damaged));

            Assert.True(raw is null == gzip is null, $"seed {seed}: raw and compressed files of the same bytes are judged differently.");
            Assert.True(raw is null || raw.Sha256 == gzip!.Sha256, $"seed {seed}: raw and compressed files of the same bytes differ.");
        }
    }

    /// <summary>One to four of the things that happen to files.</summary>
    private static byte[] Damage(byte[] file, Random random)
    {
        var bytes = new List<byte>(file);

        for (int times = random.Next(1, 5); times > 0 && bytes.Count > 0; times--)
        {
            int position = random.Next(random.Next(2) == 0 ? Math.Min(20, bytes.Count) : bytes.Count);
            int length = Math.Min(random.Next(1, 9), bytes.Count - position);

            switch (random.Next(7))
            {
                case 0 or 1:
                    bytes[position] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    bytes[position] = (byte)random.Next(256);
                    break;
                case 3:
                    bytes.RemoveRange(position, length);
                    break;
                case 4:
                    bytes.InsertRange(position, bytes.GetRange(position, length));
                    break;
                case 5:
                    bytes.Reverse(position, length);
                    break;
                default:
                    bytes.RemoveRange(position, bytes.Count - position);
                    break;
            }
        }

        return [.. bytes];
    }

    private static IdxArray? TryRead(byte[] file)
    {
        using var stream = new MemoryStream(file);
        long before = GC.GetAllocatedBytesForCurrentThread();
        IdxArray? array = null;

        try
        {
            array = IdxFile.Read(stream, "fuzz", IdxContent.Images, MaxBytes);
        }
        catch (DatasetException e)
        {
            Assert.DoesNotContain('\n', e.Message);
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated < 2 * MaxBytes, $"{allocated} bytes were allocated for a file of {file.Length}.");
        return array;
    }

    private static void AssertIsOriginal(IdxArray? array, string damage) => Assert.True(
        array is null || (array.Dimensions.SequenceEqual([5, 6, 7]) && array.Data.SequenceEqual(Raw.AsSpan(16))),
        $"{damage}: damaged data were taken for good ones.");
}
