namespace ConvNN.Model.Files;

/// <summary>
/// Writes files whole or not at all: whoever reads one, at any instant and after a crash, finds what was there before or
/// all that is new.
/// </summary>
/// <remarks>
/// The content goes to a temporary file in the same folder and to the disk; the rename over the old file is one
/// operation of the file system; and the folder, which holds the name, goes to the disk too.
/// </remarks>
public static class AtomicFile
{
    /// <summary>What the names of temporary files end in.</summary>
    public const string TemporarySuffix = ".tmp";

    /// <summary>Creates or replaces a file.</summary>
    /// <param name="path">The file; its folder exists.</param>
    /// <param name="write">Writes the content. What it throws leaves the old file as it was.</param>
    /// <exception cref="IOException">The file cannot be written; the old one is as it was.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written; the old one is as it was.</exception>
    public static void Write(string path, Action<Stream> write) => Write(path, write, CreateNew);

    /// <inheritdoc cref="Write(string, Action{Stream})"/>
    /// <param name="path">The file.</param>
    /// <param name="write">Writes the content.</param>
    /// <param name="create">Creates the temporary file; a test may let its calls fail.</param>
    internal static void Write(string path, Action<Stream> write, Func<string, FileStream> create)
    {
        string temporary = $"{path}.{Guid.NewGuid():N}{TemporarySuffix}";
        try
        {
            using (FileStream stream = create(temporary))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            Remove(temporary);
            throw;
        }

        FolderSync.Flush(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    /// <summary>Finds out whether a file could be written now; leaves nothing behind.</summary>
    /// <param name="folder">The folder that it would be in; it exists.</param>
    /// <param name="bytes">The room that it would take. Where the file system cannot tell, there is taken to be enough.</param>
    /// <exception cref="IOException">The folder cannot be written, or has not as much room.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    public static void Probe(string folder, long bytes) =>
        new FileStream(Path.Combine(folder, $"{Guid.NewGuid():N}{TemporarySuffix}"), new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            PreallocationSize = bytes,
            Options = FileOptions.DeleteOnClose,
        }).Dispose();

    private static FileStream CreateNew(string path) => new(path, FileMode.CreateNew, FileAccess.Write, FileShare.None);

    private static void Remove(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // What has just failed is what the caller hears of; a temporary file left behind harms nobody.
        }
    }
}
