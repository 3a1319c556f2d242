using ConvNN.Data.Cache;
using ConvNN.Data.Files;
using ConvNN.Data.Idx;
using ConvNN.Data.Images;
using ConvNN.Files;
using ConvNN.Model;
using ConvNN.Pictures;
using ConvNN.Pictures.Formats;

namespace ConvNN.Data.Catalog;

/// <summary>
/// A folder of pictures, with a subfolder for each class. All of them are decoded once, which shows damaged ones and gives the
/// dataset's hash. They stay in memory if they fit into <see cref="DatasetOptions.MemoryBytes"/>, and are decoded again for each use otherwise.
/// </summary>
/// <param name="directory">The folder.</param>
/// <param name="options">How the pictures are prepared, and how much memory they may take.</param>
internal sealed class ImageFolderSource(string directory, DatasetOptions options) : IDatasetSource
{
    // MNIST's frame, and the size that errors propose.
    private const int UsualSize = 28;

    private const string ImageSizeKey = "Data:ImageSize";

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
        IReadOnlyList<ImageFolder.Item>[] parts = [.. new[] { found.Train, found.Test, found.Validation }.Where(part => part.Count > 0)];
        string first = parts[0][0].Path;
        Picture picture = Prepared(first);
        Shape shape = options.PictureShape ?? Shape.Image(picture.Channels, picture.Height, picture.Width);

        // If one picture is in colour, all are: grey ones then get three equal channels.
        IReadOnlyList<IImageStore> images = Images(folder, parts, first, shape, cancellationToken)
            ?? Images(folder, parts, first, Shape.Image(channels: 3, shape.Height, shape.Width), cancellationToken)!;
        PartContent[] contents = [.. parts.Zip(images, (part, store) => new PartContent(store, new IdxArray(folder, [.. part.Select(item => item.Label)], [part.Count])))];
        return new DatasetContent(folder, contents[0], contents[1])
        {
            ClassNames = found.Classes,
            Validation = contents.ElementAtOrDefault(2),
            IsByClass = true,
            Preparation = _preparation,
            LeftOut = found.LeftOutLine,
        };
    }

    /// <summary>The images of all parts; null if a picture has more channels than the shape.</summary>
    private IImageStore[]? Images(string folder, IReadOnlyList<ImageFolder.Item>[] parts, string first, Shape shape, CancellationToken cancellationToken)
    {
        bool isInMemory = parts.Sum(part => (long)part.Count) * shape.Count <= options.MemoryBytes && parts.Max(part => (long)part.Count) * shape.Count <= Array.MaxLength;
        PictureSequence decoded = new(Prepared, shape);
        IImageStore[] stores = new IImageStore[parts.Length];
        foreach ((int part, IReadOnlyList<ImageFolder.Item> items) in parts.Index())
        {
            int[] dimensions = shape.Channels == 1 ? [items.Count, shape.Height, shape.Width] : [items.Count, shape.Channels, shape.Height, shape.Width];
            byte[] values = isInMemory ? new byte[items.Count * shape.Count] : [];
            Sha256Hash hash = new();
            hash.Append(IdxHeader.Encode(dimensions));
            string[] paths = [.. items.Select(item => item.Path)];
            foreach ((int i, (Picture picture, byte[]? planes)) in decoded.Of(paths, cancellationToken).Index())
            {
                if ((picture.Width, picture.Height) != (shape.Width, shape.Height))
                {
                    throw new DatasetException(
                        $"{paths[i]}: is {picture.Width}×{picture.Height}, expected {shape.Width}×{shape.Height} as {first}; resize them all with Data:ImageSize, such as {UsualSize}.")
                    {
                        Option = ImageSizeKey,
                    };
                }

                if (planes is null)
                {
                    return null;
                }

                if (isInMemory)
                {
                    planes.CopyTo(values, i * shape.Count);
                }
                else
                {
                    hash.Append(planes);
                }
            }

            stores[part] = isInMemory ? new ImagesInMemory(new IdxArray(folder, values, dimensions)) : new PictureImages(folder, paths, shape, hash.Hex(), Prepared);
        }

        return stores;
    }

    /// <summary>The picture of a file, in the dataset's size. It keeps its own channels, since colour takes three times the memory.</summary>
    private Picture Prepared(string path)
    {
        Picture picture = PictureFile.Read(path);
        if (options.PictureShape is { } shape)
        {
            return _preparation.Fit(shape.Channels == 1 ? picture.ToGrey() : picture, shape.Width, shape.Height);
        }

        return (options.ImageSize ?? (_preparation == Preparations.Mnist ? UsualSize : null)) is { } side ? _preparation.Fit(picture, side, side) : picture;
    }
}
