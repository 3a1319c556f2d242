using ConvNN.Model;

namespace ConvNN.Data.Cache;

/// <summary>A downloaded dataset cannot be stored. The message is one line: the file or folder, and the system's reason.</summary>
public sealed class CacheException : ConvNNException
{
    /// <summary>Creates the exception with its one-line message.</summary>
    public CacheException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with its one-line message and its cause.</summary>
    public CacheException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Writes, and converts an I/O error into this exception.</summary>
    /// <param name="path">The path to write.</param>
    /// <param name="write">Writes it.</param>
    /// <exception cref="CacheException">It cannot be written.</exception>
    internal static void Guard(string path, Action write) => Guard(path, () =>
    {
        write();
        return true;
    });

    /// <inheritdoc cref="Guard(string, Action)"/>
    internal static T Guard<T>(string path, Func<T> write)
    {
        try
        {
            return write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(path, e);
        }
    }

    /// <summary>The exception for a file or folder that cannot be written.</summary>
    internal static CacheException Unwritable(string path, Exception reason) =>
        new($"{path}: the dataset cannot be stored there: {reason.Message}", reason);
}
