using ConvNN.Data.Idx;

namespace ConvNN.Data.Catalog;

/// <summary>A folder that must contain the dataset's four files.</summary>
/// <param name="directory">The folder.</param>
/// <param name="maxBytes">Maximum number of data bytes that the header of a file may declare.</param>
internal sealed class FolderSource(string directory, long maxBytes) : IDatasetSource
{
    /// <inheritdoc/>
    public async Task<DatasetContent?> ReadAsync(CancellationToken cancellationToken)
    {
        string folder = Path.GetFullPath(directory);
        IReadOnlyList<string> paths = DatasetFiles.Locate(folder);
        return await DatasetContent.ReadAsync(folder, file => IdxFile.Read(paths[file], DatasetFiles.ContentOf(file), maxBytes), cancellationToken);
    }
}
