using System.Globalization;
using ConvNN.Data.Cache;
using ConvNN.Data.Files;
using ConvNN.Data.Idx;
using ConvNN.Data.Images;
using ConvNN.Model;
using ConvNN.Pictures;
using ConvNN.Pictures.Formats;

namespace ConvNN.Data.Catalog;

/// <summary>A folder of pictures, with a subfolder for each class.</summary>
/// <param name="directory">The folder.</param>
/// <param name="options">How the pictures are prepared, and how large they may be together.</param>
internal sealed class ImageFolderSource(string directory, DatasetOptions options) : IDatasetSource
{
    // MNIST's frame, and the size that errors propose.
    private const int UsualSize = 28;

    private readonly Preparation _preparation = Preparations.Find(options.Prepare) ?? Preparations.Resize;

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
        catch (PictureException e)
        {
            throw new DatasetException(e.Message, e);
        }
    }

    private DatasetContent Read(string folder, CancellationToken cancellationToken)
    {
        ImageFolder found = ImageFolder.Find(folder);
        ImageFolder.Item[] all = [.. found.Train, .. found.Test, .. found.Validation];
        Picture[] pictures = Decode([.. all.Select(picture => picture.Path)], cancellationToken);

        // If one picture is in colour, all are: grey ones then get three equal channels.
        Shape shape = options.PictureShape ?? Shape.Image(pictures.Max(picture => picture.Channels), pictures[0].Height, pictures[0].Width);
        CheckSize(pictures.Length, shape);
        IdxArray[] arrays = new IdxArray[6];
        int first = 0;
        foreach ((int part, IReadOnlyList<ImageFolder.Item> items) in new[] { found.Train, found.Test, found.Validation }.Index())
        {
            if (items.Count > 0)
            {
                arrays[2 * part] = Images(folder, pictures.AsSpan(first, items.Count), shape);
                arrays[(2 * part) + 1] = new IdxArray(folder, [.. items.Select(item => item.Label)], [items.Count]);
                first += items.Count;
            }
        }

        return new DatasetContent(folder, arrays[..4])
        {
            ClassNames = found.Classes,
            Validation = found.Validation.Count > 0 ? (arrays[4], arrays[5]) : null,
            IsByClass = true,
            Preparation = _preparation,
            LeftOut = found.LeftOutLine,
        };
    }

    private Picture[] Decode(string[] paths, CancellationToken cancellationToken)
    {
        Picture[] pictures = new Picture[paths.Length];
        Picture first = Sized(PictureFile.Read(paths[0]));
        CheckSize(paths.Length, ShapeOf(first));
        try
        {
            Parallel.For(0, paths.Length, new ParallelOptions { CancellationToken = cancellationToken }, i => pictures[i] = Sized(PictureFile.Read(paths[i])));
        }
        catch (AggregateException several)
        {
            // If there are several, always report the same one.
            throw several.Flatten().InnerExceptions.OfType<PictureException>().MinBy(wrong => wrong.Message, StringComparer.Ordinal) ?? several.InnerExceptions[0];
        }

        int other = Array.FindIndex(pictures, picture => (picture.Width, picture.Height) != (first.Width, first.Height));
        return other < 0 ? pictures : throw new DatasetException(
            $"{paths[other]}: is {pictures[other].Width}×{pictures[other].Height}, expected {first.Width}×{first.Height} as {paths[0]}; resize them all with Data:ImageSize, such as {UsualSize}.");
    }

    /// <summary>Refuses pictures that together are larger than what is allowed, or than one array can hold.</summary>
    private void CheckSize(int count, Shape shape)
    {
        long bytes = (long)count * shape.Count;
        long limit = Math.Min(options.MaxBytes, Array.MaxLength);
        if (bytes > limit)
        {
            string remedy = options.MaxBytes < Array.MaxLength ? "raise Data:MaxBytes, or set a smaller Data:ImageSize" : $"set Data:ImageSize, such as {UsualSize}";
            throw new DatasetException(string.Create(
                CultureInfo.InvariantCulture,
                $"{directory}: {count:N0} pictures of {shape.Width}×{shape.Height}×{shape.Channels} take {bytes:N0} bytes, expected at most {limit:N0}; {remedy}."));
        }
    }

    private static Shape ShapeOf(Picture picture) => Shape.Image(picture.Channels, picture.Height, picture.Width);

    /// <summary>A picture of the dataset's size. It keeps its own channels, since colour takes three times the memory.</summary>
    private Picture Sized(Picture picture)
    {
        if (options.PictureShape is { } shape)
        {
            return _preparation.Fit(shape.Channels == 1 ? picture.ToGrey() : picture, shape.Width, shape.Height);
        }

        return (options.ImageSize ?? (_preparation == Preparations.Mnist ? UsualSize : null)) is { } side ? _preparation.Fit(picture, side, side) : picture;
    }

    private static IdxArray Images(string folder, ReadOnlySpan<Picture> pictures, Shape shape)
    {
        byte[] values = new byte[pictures.Length * shape.Count];
        for (int i = 0; i < pictures.Length; i++)
        {
            pictures[i].ToPlanes(shape.Channels).CopyTo(values, i * shape.Count);
        }

        return new IdxArray(folder, values, shape.Channels == 1 ? [pictures.Length, shape.Height, shape.Width] : [pictures.Length, shape.Channels, shape.Height, shape.Width]);
    }
}
