using ConvNN.Pictures.Formats;

namespace ConvNN.Pictures.Tests;

/// <summary>Damaged and hostile files of every format end in a picture or in one line, in bounded memory.</summary>
public class PictureFuzzTests(ITestOutputHelper output)
{
    private const int Cases = 4_000;
    private const long MostMemory = 64 << 20;

    public static TheoryData<string> Extensions { get; } = [".png", ".jpg", ".gif", ".bmp", ".pgm", ".ppm"];

    [Theory]
    [MemberData(nameof(Extensions))]
    public void Decode_DamagedFile_GivesAPictureOrOneLine(string extension)
    {
        byte[][] files = [.. PictureTests.Files.Where(file => file.EndsWith(extension, StringComparison.Ordinal)).Select(File.ReadAllBytes)];
        int pictures = 0;
        for (int seed = 0; seed < Cases; seed++)
        {
            Random random = new(seed);
            byte[] file = Damage(files[random.Next(files.Length)], random);
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                Picture picture = PictureFile.Decode(file, "x");
                Assert.Equal(picture.Width * picture.Height * picture.Channels, picture.Values.Length);
                pictures++;
            }
            catch (PictureException refused)
            {
                Assert.StartsWith("x: ", refused.Message, StringComparison.Ordinal);
                Assert.DoesNotContain('\n', refused.Message);
            }

            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MostMemory);
        }

        output.WriteLine($"{extension}: {Cases} damaged files, {pictures} gave a picture, {Cases - pictures} a line");
    }

    /// <summary>A file that was cut short is never read as a picture that is partly grey.</summary>
    [Theory]
    [InlineData("rgb8.png")]
    [InlineData("rgb-420.jpg")]
    [InlineData("rgb-progressive.jpg")]
    [InlineData("plain.gif")]
    [InlineData("rgb.bmp")]
    [InlineData("rgb.ppm")]
    public void Decode_FileCutShort_IsRefused(string name)
    {
        byte[] file = File.ReadAllBytes(PictureTests.Files.Single(path => Path.GetFileName(path) == name));

        // The end of a GIF is a byte that no frame needs.
        int end = name.EndsWith(".gif", StringComparison.Ordinal) ? file.Length - 1 : file.Length;
        for (int length = 0; length < end; length += 1 + (length / 64))
        {
            Assert.Throws<PictureException>(() => PictureFile.Decode(file[..length], "x"));
        }

        Assert.Throws<PictureException>(() => PictureFile.Decode(file[..(end - 1)], "x"));
    }

    /// <summary>A header that declares many pixels costs no memory.</summary>
    [Theory]
    [InlineData("rgb8.png", 16, new byte[] { 0, 1, 0, 0, 0, 1, 0, 0 })]
    [InlineData("rgb.bmp", 18, new byte[] { 0, 0, 1, 0, 0, 0, 1, 0 })]
    [InlineData("plain.gif", 6, new byte[] { 255, 255, 255, 255 })]
    public void Decode_HugeSize_IsRefusedBeforeAllocating(string name, int offset, byte[] size)
    {
        byte[] file = File.ReadAllBytes(PictureTests.Files.Single(path => Path.GetFileName(path) == name));
        size.CopyTo(file, offset);
        if (name.EndsWith(".png", StringComparison.Ordinal))
        {
            Formats.PngBytes.Chunk("IHDR", file[16..29]).CopyTo(file, 8);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        PictureException refused = Assert.Throws<PictureException>(() => PictureFile.Decode(file, "x"));

        Assert.Contains(" pixels, expected 1 to 67,108,864; make it smaller.", refused.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    private static byte[] Damage(byte[] good, Random random)
    {
        byte[] file = [.. good];
        switch (random.Next(5))
        {
            case 0:
                return file[..random.Next(file.Length)];
            case 1:
                return [.. file[..random.Next(file.Length)], .. file[random.Next(file.Length)..]];
            default:
                for (int times = random.Next(1, 8); times > 0; times--)
                {
                    // Headers are where sizes and tables are.
                    int place = random.Next(3) == 0 ? random.Next(file.Length) : random.Next(Math.Min(200, file.Length));
                    file[place] = random.Next(3) switch { 0 => 0, 1 => 255, _ => (byte)random.Next(256) };
                }

                return file;
        }
    }
}
