namespace ConvNN.Files;

/// <summary>The file operations of the system.</summary>
public sealed class SystemFiles : IFileOperations
{
    /// <summary>The only instance.</summary>
    public static SystemFiles Instance { get; } = new();

    /// <inheritdoc/>
    public FileStream Create(string path) => new(path, FileMode.CreateNew, FileAccess.Write, FileShare.None);

    /// <inheritdoc/>
    public void Flush(FileStream file) => DiskSync.Flush(file);

    /// <inheritdoc/>
    public void Move(string path, string target) => File.Move(path, target, overwrite: true);

    /// <inheritdoc/>
    public void Delete(string path) => File.Delete(path);

    /// <inheritdoc/>
    public void CreateFolder(string path) => Directory.CreateDirectory(path);

    /// <inheritdoc/>
    public void MoveFolder(string path, string target) => Directory.Move(path, target);

    /// <inheritdoc/>
    public void DeleteFolder(string path) => Directory.Delete(path, recursive: true);

    /// <inheritdoc/>
    public void FlushFolder(string path) => DiskSync.FlushFolder(path);
}
