using ConvNN.Data.Idx;

namespace ConvNN.Data.Catalog;

/// <summary>The sample that is embedded in this library.</summary>
internal sealed class EmbeddedSource : IDatasetSource
{
    /// <inheritdoc/>
    public async Task<DatasetContent?> ReadAsync(CancellationToken cancellationToken) =>
        await DatasetContent.ReadAsync("embedded sample", Read, cancellationToken);

    private static IdxArray Read(int file)
    {
        string name = $"Sample/{DatasetFiles.Names[file]}{DatasetFiles.Compressed}";
        using Stream stream = typeof(EmbeddedSource).Assembly.GetManifestResourceStream(name)!;
        return IdxFile.Read(stream, name, DatasetFiles.ContentOf(file));
    }
}
