using System.Text.RegularExpressions;

namespace ConvNN.Formats.Files;

/// <summary>
/// Writes files whole or not at all: whoever reads one, at any instant and after a crash, finds what was there before or
/// all that is new.
/// </summary>
/// <remarks>
/// The content goes to a temporary file in the same folder and to the disk; the rename over the old file is one
/// operation of the file system; and the folder, which holds the name, goes to the disk too.
/// </remarks>
public static partial class AtomicFile
{
    /// <summary>What the names of temporary files and folders end in.</summary>
    public const string TemporarySuffix = ".tmp";

    /// <summary>Creates or replaces a file.</summary>
    /// <param name="path">The file; its folder exists.</param>
    /// <param name="write">Writes the content. What it throws leaves the old file as it was.</param>
    /// <param name="files">What it is written with; null for the system's operations.</param>
    /// <exception cref="IOException">The file cannot be written; the old one is as it was.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written; the old one is as it was.</exception>
    public static void Write(string path, Action<Stream> write, IFileOperations? files = null)
    {
        files ??= SystemFiles.Instance;
        string temporary = TemporaryName(path);
        try
        {
            using (FileStream stream = files.Create(temporary))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            files.Move(temporary, path);
        }
        catch
        {
            Attempt(() => files.Delete(temporary));
            throw;
        }

        files.FlushFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    /// <summary>A name that no other file or folder has, and that <see cref="RemoveStrays"/> knows.</summary>
    /// <param name="path">What it will be renamed to.</param>
    public static string TemporaryName(string path) => $"{path}.{Guid.NewGuid():N}{TemporarySuffix}";

    /// <summary>Removes the temporary files and folders that a killed process has left in a folder. What cannot be removed stays.</summary>
    /// <param name="folder">The folder; nobody else is writing into it, or not into the file that is named.</param>
    /// <param name="files">What they are removed with; null for the system's operations.</param>
    /// <param name="name">The file whose strays go; null for those of all.</param>
    public static void RemoveStrays(string folder, IFileOperations? files = null, string? name = null)
    {
        files ??= SystemFiles.Instance;
        foreach (FileSystemInfo stray in new DirectoryInfo(folder).EnumerateFileSystemInfos().Where(entry => Temporary().IsMatch(entry.Name) && (name is null || entry.Name.StartsWith($"{name}.", StringComparison.Ordinal))).ToArray())
        {
            Attempt(() =>
            {
                if (stray is DirectoryInfo)
                {
                    files.DeleteFolder(stray.FullName);
                }
                else
                {
                    files.Delete(stray.FullName);
                }
            });
        }
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

    /// <summary>Cleans up where that is a courtesy: what cannot be removed harms nobody, and the fault before it is what counts.</summary>
    public static void Attempt(Action clean)
    {
        try
        {
            clean();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // It is removed at the next start.
        }
    }

    [GeneratedRegex(@"^(.+\.)?[0-9a-f]{32}\.tmp$", RegexOptions.CultureInvariant)]
    private static partial Regex Temporary();
}
