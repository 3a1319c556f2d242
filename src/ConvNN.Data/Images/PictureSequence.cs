using System.Runtime.ExceptionServices;
using ConvNN.Model;
using ConvNN.Pictures;

namespace ConvNN.Data.Images;

/// <summary>Decodes pictures on all cores and hands them on in order, a few at a time, so that any number of them takes little memory.</summary>
/// <param name="decode">Decodes and prepares the picture of a file.</param>
/// <param name="shape">The shape of an image.</param>
internal sealed class PictureSequence(Func<string, Picture> decode, Shape shape)
{
    // Images that are decoded before the first of them is handed on.
    private const int AheadBytes = 1 << 24;
    private const int MostAhead = 1024;

    /// <summary>The pictures of some files, each with its values by channel; null where it has more channels than the shape.</summary>
    /// <param name="paths">The files.</param>
    /// <param name="cancellationToken">Cancels between pictures.</param>
    /// <exception cref="PictureException">A picture cannot be read: if there are several, the first one.</exception>
    public IEnumerable<(Picture Picture, byte[]? Planes)> Of(IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        int ahead = Math.Clamp(AheadBytes / shape.Count, Environment.ProcessorCount, MostAhead);
        foreach (string[] some in paths.Chunk(ahead))
        {
            (Picture Picture, byte[]? Planes)[] pictures = new (Picture, byte[]?)[some.Length];
            Exception?[] failures = new Exception?[some.Length];
            Parallel.For(0, some.Length, new ParallelOptions { CancellationToken = cancellationToken }, i =>
            {
                try
                {
                    Picture picture = decode(some[i]);
                    pictures[i] = (picture, picture.Channels <= shape.Channels ? picture.ToPlanes(shape.Channels) : null);
                }
                catch (Exception failure)
                {
                    failures[i] = failure;
                }
            });
            for (int i = 0; i < some.Length; i++)
            {
                if (failures[i] is { } failure)
                {
                    ExceptionDispatchInfo.Throw(failure);
                }

                yield return pictures[i];
            }
        }
    }
}
