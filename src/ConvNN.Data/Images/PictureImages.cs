using ConvNN.Data.Files;
using ConvNN.Model;
using ConvNN.Pictures;

namespace ConvNN.Data.Images;

/// <summary>Pictures that are decoded each time they are read, since together they are larger than the memory that data may take.</summary>
/// <param name="source">Their folder.</param>
/// <param name="paths">Their files.</param>
/// <param name="shape">The shape of an image.</param>
/// <param name="sha256">The hash of all images, which a run's identity is checked by.</param>
/// <param name="decode">Decodes and prepares the picture of a file.</param>
internal sealed class PictureImages(string source, string[] paths, Shape shape, string sha256, Func<string, Picture> decode) : IImageStore
{
    // What a file is known by: its bytes were hashed when the dataset was loaded.
    private readonly (long Length, DateTime Written)[] _stamps = [.. paths.Select(StampOf)];

    /// <inheritdoc/>
    public string Source => source;

    /// <inheritdoc/>
    public Shape Shape => shape;

    /// <inheritdoc/>
    public int Count => paths.Length;

    /// <inheritdoc/>
    public bool IsInMemory => false;

    /// <inheritdoc/>
    public string Sha256 => sha256;

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Read(int place)
    {
        string path = paths[place];
        try
        {
            Picture picture = decode(path);
            return StampOf(path) == _stamps[place]
                ? picture.ToPlanes(shape.Channels)
                : throw new DatasetException($"{path}: has changed since the dataset was loaded; leave its pictures as they are during a run.");
        }
        catch (PictureException e)
        {
            throw new DatasetException(e.Message, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DatasetException($"{path}: cannot be read: {e.Message}", e);
        }
    }

    private static (long Length, DateTime Written) StampOf(string path)
    {
        FileInfo file = new(path);
        return (file.Length, file.LastWriteTimeUtc);
    }
}
