namespace ConvNN.Files;

/// <summary>
/// The operations for writing files that must not be lost. Each call may fail like the system's, with
/// <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>; a test makes the n-th call fail, for every n.
/// </summary>
public interface IFileOperations
{
    /// <summary>Creates a new file for writing; it must not exist yet.</summary>
    FileStream Create(string path);

    /// <summary>Flushes a file's content to disk.</summary>
    void Flush(FileStream file);

    /// <summary>Renames a file, in a single operation of the file system; an existing target is replaced.</summary>
    void Move(string path, string target);

    /// <summary>Deletes a file if it exists.</summary>
    void Delete(string path);

    /// <summary>Creates a folder, unless it exists. Its parent must exist: a run's folder that was moved is not created anew.</summary>
    void CreateFolder(string path);

    /// <summary>Renames a folder, in a single operation of the file system; the target must not exist.</summary>
    void MoveFolder(string path, string target);

    /// <summary>Deletes a folder and its content.</summary>
    void DeleteFolder(string path);

    /// <summary>Flushes the names in a folder to disk.</summary>
    void FlushFolder(string path);
}
