using ConvNN.Data.Cache;
using ConvNN.Data.Catalog;
using ConvNN.Data.Files;
using ConvNN.Pictures;

namespace ConvNN.Data.Tests.Images;

/// <summary>Folders as people have them, drawn at random: each is a dataset or one line, and a dataset is as its files are.</summary>
public class ImageFolderFuzzTests(ITestOutputHelper output)
{
    private const int Draws = 1_500;

    private static readonly string[] Parts = ["train", "Train", "test", "TEST", "val", "valid", "validation", "extra", ".hidden", "__MACOSX", "."];
    private static readonly string[] Classes = ["a", "b", "c", "two words", "größe", "日本", "=1+1", "'q\"", ".", ".git", "test"];
    private static readonly string[] Endings = [".png", ".PNG", ".jpg", ".gif", ".bmp", ".pgm", ".webp", ".txt", "", ".db"];

    [Fact]
    public async Task Load_AnyFolder_GivesADatasetOrOneLine()
    {
        int datasets = 0;
        SortedSet<string> kinds = new(StringComparer.Ordinal);
        for (int seed = 0; seed < Draws; seed++)
        {
            using TemporaryFolder folder = new();
            Random random = new(seed);
            Fill(folder.Path, random);
            DatasetOptions options = new()
            {
                Directory = folder.Path,
                ImageSize = random.Next(3) == 0 ? null : random.Next(1, 9),
                Prepare = new[] { "auto", "resize", "mnist" }[random.Next(3)],
                Memory = random.Next(8) == 0 ? 500 : 1 << 20,
            };
            try
            {
                DatasetPair data = await DatasetCatalog.LoadAsync(options, cancellationToken: TestContext.Current.CancellationToken);
                Check(data, options);
                datasets++;
            }
            catch (DatasetException refused)
            {
                Assert.DoesNotContain('\n', refused.Message);
                Assert.StartsWith(folder.Path, refused.Message, StringComparison.Ordinal);
                Assert.EndsWith(".", refused.Message, StringComparison.Ordinal);
                kinds.Add(new string([.. refused.Message[folder.Path.Length..].Split(": ", 2)[^1].Where(char.IsAsciiLetter).Take(12)]));
            }
        }

        output.WriteLine($"{Draws} folders: {datasets} datasets, {Draws - datasets} lines of {kinds.Count} kinds: {string.Join(", ", kinds)}");
        Assert.InRange(datasets, Draws / 10, Draws * 9 / 10);
    }

    private static void Check(DatasetPair data, DatasetOptions options)
    {
        foreach (ImageDataset part in new[] { data.Train, data.Test, data.Validation }.OfType<ImageDataset>())
        {
            Assert.Equal(data.Train.Shape, part.Shape);
            Assert.All(Enumerable.Range(0, part.Count), i => Assert.InRange(part.Label(i), 0, data.ClassNames!.Count - 1));
            Assert.Equal(part.Count, part.Take(part.Count).Count);
        }

        Assert.True(options.ImageSize is not { } side || (data.Train.Shape.Height, data.Train.Shape.Width) == (side, side));
    }

    private static void Fill(string folder, Random random)
    {
        // Two of three are nearly right, since what is drawn freely is nearly always refused.
        bool isTame = random.Next(3) > 0;
        string[] parts = isTame ? [random.Next(2) == 0 ? "train" : "."] : [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Parts[random.Next(Parts.Length)])];
        if (isTame && random.Next(2) == 0)
        {
            parts = [.. parts, "test"];
        }

        foreach (string part in parts)
        {
            int classes = random.Next(isTame ? 2 : 0, 4);
            for (int label = 0; label < classes; label++)
            {
                string home = Path.Combine(folder, part, isTame ? Classes[label] : Classes[random.Next(Classes.Length)], random.Next(40) == 0 ? "inner" : ".");
                Directory.CreateDirectory(home);
                for (int i = random.Next(isTame ? 1 : 0, 5); i > 0; i--)
                {
                    string ending = random.Next(isTame ? 12 : 2) == 0 ? Endings[random.Next(Endings.Length)] : ".png";
                    File.WriteAllBytes(Path.Combine(home, $"{i}{ending}"), Content(random));
                }
            }
        }
    }

    private static byte[] Content(Random random)
    {
        if (random.Next(60) == 0)
        {
            byte[] noise = new byte[random.Next(40)];
            random.NextBytes(noise);
            return noise;
        }

        (int width, int height, int channels) = (random.Next(20) == 0 ? random.Next(1, 40) : 6, random.Next(20) == 0 ? random.Next(1, 40) : 6, random.Next(4) == 0 ? 3 : 1);
        byte[] values = new byte[width * height * channels];
        random.NextBytes(values);
        return PngWriter.Write(new Picture(width, height, channels, values));
    }
}
