using System.Text;
using System.Text.RegularExpressions;

namespace ConvNN.Files;

/// <summary>
/// Writes files atomically: a reader finds either the complete old content or the complete new content, at any time and even
/// after a crash.
/// </summary>
/// <remarks>
/// The content is written to a temporary file in the same folder and flushed to disk. Renaming it over the old file is a
/// single operation of the file system. Then the folder, which contains the name, is flushed to disk too.
/// </remarks>
public static partial class AtomicFile
{
    /// <summary>The suffix of temporary files and folders.</summary>
    public const string TemporarySuffix = ".tmp";

    /// <summary>Creates or replaces a file of text, in UTF-8.</summary>
    /// <param name="path">The file; its folder must exist. If it is a link, the file that it leads to is replaced.</param>
    /// <param name="text">The text.</param>
    /// <exception cref="IOException">The file cannot be written; the old one stays as it was.</exception>
    /// <exception cref="UnauthorizedAccessException">Access to the file is denied; the old one stays as it was.</exception>
    public static void Write(string path, string text) => Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));

    /// <summary>Creates or replaces a file.</summary>
    /// <param name="path">The file; its folder must exist. If it is a link, the file that it leads to is replaced.</param>
    /// <param name="write">Writes the content. If it throws, the old file stays as it was.</param>
    /// <param name="files">The file operations to use; null for the system's.</param>
    /// <exception cref="IOException">The file cannot be written; the old one stays as it was.</exception>
    /// <exception cref="UnauthorizedAccessException">Access to the file is denied; the old one stays as it was.</exception>
    public static void Write(string path, Action<Stream> write, IFileOperations? files = null)
    {
        files ??= SystemFiles.Instance;
        path = SpecialFile.Refuse(path);
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (!Directory.Exists(folder))
        {
            // The runtime would name the temporary file.
            throw new DirectoryNotFoundException($"there is no folder {folder}");
        }

        string temporary = TemporaryName(path);
        try
        {
            using (FileStream stream = files.Create(temporary))
            {
                write(stream);
                files.Flush(stream);
            }

            files.Move(temporary, path);
        }
        catch
        {
            Attempt(() => files.Delete(temporary));
            throw;
        }

        files.FlushFolder(folder);
    }

    /// <summary>A unique name that <see cref="RemoveStrays"/> recognises.</summary>
    /// <param name="path">The path that it will be renamed to.</param>
    public static string TemporaryName(string path) => $"{path}.{Guid.NewGuid():N}{TemporarySuffix}";

    /// <summary>Removes temporary files and folders that a killed process left in a folder. Those that cannot be removed stay.</summary>
    /// <param name="folder">The folder; no other process may be writing to it, or to the named file.</param>
    /// <param name="files">The file operations to use; null for the system's.</param>
    /// <param name="name">The file whose temporary files are removed; null for all files.</param>
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

    /// <summary>Checks whether a file could be written now; no file remains.</summary>
    /// <param name="folder">The folder of the file; it must exist.</param>
    /// <param name="bytes">The size of the file. If the file system cannot tell, enough space is assumed.</param>
    /// <exception cref="IOException">The folder cannot be written, or does not have enough space.</exception>
    /// <exception cref="UnauthorizedAccessException">Access to the folder is denied.</exception>
    public static void Probe(string folder, long bytes) =>
        new FileStream(Path.Combine(folder, $"{Guid.NewGuid():N}{TemporarySuffix}"), new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            PreallocationSize = bytes,
            Options = FileOptions.DeleteOnClose,
        }).Dispose();

    /// <summary>Tries to clean up and ignores failures: leftovers do no harm, and an earlier exception matters more.</summary>
    public static void Attempt(Action clean)
    {
        try
        {
            clean();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // It will be removed at the next start.
        }
    }

    [GeneratedRegex(@"^(.+\.)?[0-9a-f]{32}\.tmp$", RegexOptions.CultureInvariant)]
    private static partial Regex Temporary();
}
