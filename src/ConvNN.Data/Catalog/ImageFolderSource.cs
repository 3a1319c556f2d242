using System.Globalization;
using ConvNN.Data.Files;
using ConvNN.Data.Idx;
using ConvNN.Data.Images;

namespace ConvNN.Data.Catalog;

/// <summary>A folder of PNG files, with a subfolder for each class.</summary>
/// <param name="directory">The folder.</param>
/// <param name="size">Height and width that pictures are resized to; null if all pictures already have the same size.</param>
/// <param name="maxBytes">Maximum number of bytes for the pictures of a part.</param>
internal sealed class ImageFolderSource(string directory, int? size, long maxBytes) : IDatasetSource
{
    /// <inheritdoc/>
    public async Task<DatasetContent?> ReadAsync(CancellationToken cancellationToken)
    {
        string folder = Path.GetFullPath(directory);
        try
        {
            return await Task.Run(() => Read(folder, cancellationToken), cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DatasetException($"{folder}: cannot be read: {e.Message}", e);
        }
    }

    private DatasetContent Read(string folder, CancellationToken cancellationToken)
    {
        ImageFolder found = ImageFolder.Find(folder);
        (IReadOnlyList<(string Path, byte Label)> train, IReadOnlyList<(string Path, byte Label)> test) = found.Pictures;
        PngImage[] pictures = Decode([.. train.Concat(test).Select(picture => picture.Path)], cancellationToken);

        // If one picture is in colour, all are: grey ones then get three equal channels.
        int channels = pictures.Max(picture => picture.Channels);
        CheckSize(pictures.Length, pictures[0], channels);
        return new DatasetContent(
            folder,
            [
                Images(folder, pictures[..train.Count], channels),
                Labels(folder, train),
                Images(folder, pictures[train.Count..], channels),
                Labels(folder, test),
            ])
        { ClassNames = found.Classes };
    }

    private PngImage[] Decode(string[] paths, CancellationToken cancellationToken)
    {
        PngImage[] pictures = new PngImage[paths.Length];
        PngImage first = Sized(PngImage.Read(paths[0]));
        CheckSize(paths.Length, first, first.Channels);
        try
        {
            Parallel.For(0, paths.Length, new ParallelOptions { CancellationToken = cancellationToken }, i => pictures[i] = Sized(PngImage.Read(paths[i])));
        }
        catch (AggregateException several)
        {
            // If there are several, always report the same one.
            throw several.Flatten().InnerExceptions.OfType<DatasetException>().MinBy(wrong => wrong.Message, StringComparer.Ordinal) ?? several.InnerExceptions[0];
        }

        int other = Array.FindIndex(pictures, picture => (picture.Width, picture.Height) != (first.Width, first.Height));
        return other < 0 ? pictures : throw new DatasetException(
            $"{paths[other]}: is {pictures[other].Width}×{pictures[other].Height}, expected {first.Width}×{first.Height} as {paths[0]}; resize them all with Data:ImageSize, such as 28.");
    }

    /// <summary>Refuses pictures that together are larger than what is allowed, or than one array can hold.</summary>
    private void CheckSize(int count, PngImage picture, int channels)
    {
        long bytes = (long)count * channels * picture.Height * picture.Width;
        long limit = Math.Min(maxBytes, Array.MaxLength);
        if (bytes > limit)
        {
            string remedy = maxBytes < Array.MaxLength ? "raise Data:MaxBytes, or set a smaller Data:ImageSize" : "set Data:ImageSize, such as 28";
            throw new DatasetException(string.Create(
                CultureInfo.InvariantCulture,
                $"{directory}: {count:N0} pictures of {picture.Width}×{picture.Height}×{channels} take {bytes:N0} bytes, expected at most {limit:N0}; {remedy}."));
        }
    }

    private PngImage Sized(PngImage picture) => size is { } side ? AreaResize.Of(picture, side, side) : picture;

    private static IdxArray Images(string folder, PngImage[] pictures, int channels)
    {
        (int width, int height) = (pictures[0].Width, pictures[0].Height);
        byte[] values = new byte[pictures.Length * channels * height * width];
        for (int i = 0; i < pictures.Length; i++)
        {
            byte[] planes = pictures[i].ToPlanes();
            for (int copy = 0; copy < channels / pictures[i].Channels; copy++)
            {
                planes.CopyTo(values, (i * channels * height * width) + (copy * planes.Length));
            }
        }

        return new IdxArray(folder, values, channels == 1 ? [pictures.Length, height, width] : [pictures.Length, channels, height, width]);
    }

    private static IdxArray Labels(string folder, IReadOnlyList<(string Path, byte Label)> pictures) =>
        new(folder, [.. pictures.Select(picture => picture.Label)], [pictures.Count]);
}
