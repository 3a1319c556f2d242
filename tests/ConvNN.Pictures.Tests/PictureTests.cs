using System.Security.Cryptography;
using System.Text.Json.Nodes;
using ConvNN.Pictures.Formats;

namespace ConvNN.Pictures.Tests;

/// <summary>
/// Files of every kind against what Pillow reads from them, by libpng and libjpeg: <c>make_pictures.py</c> wrote both. These tests run on
/// every width of vectors, too, since pixels are part of the same bits.
/// </summary>
public class PictureTests(ITestOutputHelper output)
{
    // The largest differences that were measured, of 255: JPEG leaves rounding, and how half-width colours are spread, to the decoder.
    private const int LargestDifference = 3;
    private const int LargestSpread = 7;
    private const double LargestMean = 0.25;

    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Pictures");
    private static readonly JsonObject Facts = JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, "pictures.json")))!.AsObject();

    public static TheoryData<string> Lossless { get; } = [.. Facts.Select(fact => fact.Key).Where(name => !IsJpeg(name))];

    public static TheoryData<string> Jpeg { get; } = [.. Facts.Select(fact => fact.Key).Where(IsJpeg)];

    [Theory]
    [MemberData(nameof(Lossless))]
    public void Read_LosslessFile_HasTheBytesThatPillowReads(string name)
    {
        Picture picture = Read(name);

        AssertSize(name, picture);
        Assert.Equal((string)Facts[name]!["sha256"]!, Hash(picture));
    }

    [Theory]
    [MemberData(nameof(Jpeg))]
    public void Read_Jpeg_DiffersFromLibjpegByRoundingAlone(string name)
    {
        Picture picture = Read(name), expected = Read(name + ((int)Facts[name]!["channels"]! == 1 ? ".pgm" : ".ppm"));

        AssertSize(name, picture);
        int[] differences = [.. picture.Values.Zip(expected.Values, (value, other) => Math.Abs(value - other))];
        output.WriteLine($"{name}: largest difference {differences.Max()}, mean {differences.Average():F3}");
        Assert.InRange(differences.Max(), 0, name == "rgb-422.jpg" ? LargestSpread : LargestDifference);
        Assert.InRange(differences.Average(), 0, LargestMean);
    }

    /// <summary>The pixels of all JPEG files together; lossless files have their hashes beside them.</summary>
    [Fact]
    public void Read_JpegFiles_HaveTheSameBitsOnEveryMachine() =>
        Assert.Equal("d671905b9c64bd6a", Convert.ToHexStringLower(SHA256.HashData([.. Jpeg.SelectMany(row => Read(row.Data).Values)]))[..16]);

    /// <summary>The same picture in other bytes.</summary>
    [Fact]
    public void Read_TransparentColor_IsAsWithAnAlphaChannel() => Assert.Equal(Read("stroke-alpha.png").Values, Read("stroke-trns.png").Values);

    [Theory]
    [InlineData("webp", "RIFF0000WEBPVP8 ", "is a WebP picture; expected PNG, JPEG, GIF, BMP, PGM or PPM; save it as one of them.")]
    [InlineData("tif", "II*\0abcd", "is a TIFF picture; expected")]
    [InlineData("heic", "\0\0\0\u0018ftypheic", "is a HEIC picture; expected")]
    [InlineData("svg", "<svg xmlns=", "is an SVG drawing; expected")]
    [InlineData("png", "<!DOCTYPE html>", "is a web page, not a picture; expected")]
    [InlineData("png", "P2\n1 1 255\n7", "is a text form of PNM; expected")]
    [InlineData("png", "hello", "is no picture: it begins with 68656C6C6F; expected")]
    public void Read_OtherFiles_AreNamedForWhatTheyAre(string extension, string content, string expected)
    {
        PictureException refused = Assert.Throws<PictureException>(() => PictureFile.Decode([.. content.Select(c => (byte)c)], $"x.{extension}"));

        Assert.StartsWith($"x.{extension}: {expected}", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ToGrey_Colors_GiveTheirLuma()
    {
        Picture image = new(5, 1, 3, [255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255, 7, 7, 7]);

        Assert.Equal([76, 150, 29, 255, 7], image.ToGrey().Values);
    }

    [Fact]
    public void ToPlanes_Colors_AreOneAfterTheOther() => Assert.Equal([1, 4, 2, 5, 3, 6], new Picture(2, 1, 3, [1, 2, 3, 4, 5, 6]).ToPlanes(3));

    [Fact]
    public void ToPlanes_GreyInThreeChannels_IsRepeated() => Assert.Equal([1, 2, 1, 2, 1, 2], new Picture(2, 1, 1, [1, 2]).ToPlanes(3));

    internal static IEnumerable<string> Files => Facts.Select(fact => Path.Combine(Folder, fact.Key));

    private static bool IsJpeg(string name) => name.EndsWith(".jpg", StringComparison.Ordinal);

    private static Picture Read(string name) => PictureFile.Read(Path.Combine(Folder, name));

    private static string Hash(Picture picture) => Convert.ToHexStringLower(SHA256.HashData(picture.Values));

    private static void AssertSize(string name, Picture picture) =>
        Assert.Equal(((int)Facts[name]!["width"]!, (int)Facts[name]!["height"]!, (int)Facts[name]!["channels"]!), (picture.Width, picture.Height, picture.Channels));
}
