using ConvNN.Pictures.Formats;

namespace ConvNN.Pictures.Tests.Formats;

public class PngFormatTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(2, 3)]
    public void Read_EightBitsWithEveryFilter_GivesTheValues(int colorType, int channels)
    {
        byte[][] rows = Noise(width: 7 * channels, height: 11);

        Picture image = Read(PngBytes.File(7, rows, colorType, step: channels));

        Assert.Equal((7, 11, channels), (image.Width, image.Height, image.Channels));
        Assert.Equal(rows.SelectMany(row => row), image.Values);
    }

    [Theory]
    [InlineData(1, new byte[] { 0b1010_0000 }, new byte[] { 255, 0, 255 })]
    [InlineData(2, new byte[] { 0b0001_1011 }, new byte[] { 0, 85, 170 })]
    [InlineData(4, new byte[] { 0x0F, 0x80 }, new byte[] { 0, 255, 136 })]
    public void Read_FewerBits_AreSpreadOverAByte(int depth, byte[] row, byte[] expected) =>
        Assert.Equal(expected, Read(PngBytes.File(3, [row], colorType: 0, depth)).Values);

    [Fact]
    public void Read_Palette_GivesItsColoursOnWhite()
    {
        Picture image = Read(PngBytes.File(3, [[0, 1, 2]], colorType: 3, palette: [1, 2, 3, 4, 5, 6, 7, 8, 9], opacity: [255, 0]));

        Assert.Equal([1, 2, 3, 255, 255, 255, 7, 8, 9], image.Values);
    }

    [Fact]
    public void Read_Opacity_LiesOnWhite()
    {
        Assert.Equal([10, 255, 128], Read(PngBytes.File(3, [[10, 255, 10, 0, 0, 127]], colorType: 4, step: 2)).Values);
        Assert.Equal([1, 2, 3, 255, 255, 255], Read(PngBytes.File(2, [[1, 2, 3, 255, 9, 9, 9, 0]], colorType: 6, step: 4)).Values);
    }

    [Fact]
    public void Read_EveryTruncation_IsRefused()
    {
        byte[] good = PngBytes.File(7, Noise(7, 11), colorType: 0);
        for (int length = 0; length < good.Length; length++)
        {
            Assert.Throws<PictureException>(() => Read(good[..length]));
        }
    }

    [Fact]
    public void Read_RandomDamage_GivesTheSamePictureOrIsRefused()
    {
        byte[][] rows = Noise(7, 11);
        byte[] good = PngBytes.File(7, rows, colorType: 0);
        for (int seed = 0; seed < 3000; seed++)
        {
            Random random = new(seed);
            byte[] damaged = [.. good];
            for (int times = random.Next(1, 4); times > 0; times--)
            {
                damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            }

            try
            {
                Assert.Equal(rows.SelectMany(row => row), Read(damaged).Values);
            }
            catch (PictureException)
            {
            }
        }
    }

    /// <summary>Damage with checksums that fit, as a program with a bug would write it.</summary>
    [Fact]
    public void Read_AnyHeaderWithAGoodChecksum_GivesAPictureOrIsRefused()
    {
        byte[] good = PngBytes.File(7, Noise(7, 11), colorType: 0);
        for (int seed = 0; seed < 3000; seed++)
        {
            Random random = new(seed);
            byte[] header = good[16..29];
            header[random.Next(13)] = (byte)random.Next(256);
            byte[] damaged = [.. good[..8], .. PngBytes.Chunk("IHDR", header), .. good[33..]];
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                Picture image = Read(damaged);
                Assert.Equal(image.Width * image.Height * image.Channels, image.Values.Length);
            }
            catch (PictureException)
            {
            }

            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
        }
    }

    private static Picture Read(byte[] file) => PictureFile.Decode(file, "x.png");

    private static byte[][] Noise(int width, int height)
    {
        Random random = new(1);
        byte[][] rows = [.. Enumerable.Range(0, height).Select(_ => new byte[width])];
        Array.ForEach(rows, random.NextBytes);
        return rows;
    }
}
