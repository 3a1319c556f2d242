using ConvNN.Data.Cache;
using ConvNN.Data.Idx;

namespace ConvNN.Data.Catalog;

/// <summary>A folder that must contain the dataset's four files.</summary>
/// <param name="directory">The folder.</param>
/// <param name="options">The maximum size of a file's data, and whether images are stored by column.</param>
internal sealed class FolderSource(string directory, DatasetOptions options) : IDatasetSource
{
    /// <inheritdoc/>
    public async Task<DatasetContent?> ReadAsync(CancellationToken cancellationToken)
    {
        string folder = Path.GetFullPath(directory);
        IReadOnlyList<string> paths = DatasetFiles.Locate(folder);
        return await DatasetContent.ReadAsync(folder, file => Read(paths[file], DatasetFiles.ContentOf(file)), cancellationToken);
    }

    private IdxArray Read(string path, IdxContent content)
    {
        IdxArray array = IdxFile.Read(path, content, options.MaxBytes);
        return content == IdxContent.Images && (options.Transpose ?? IdxFile.IsStoredByColumn(path)) ? array.Transposed() : array;
    }
}
