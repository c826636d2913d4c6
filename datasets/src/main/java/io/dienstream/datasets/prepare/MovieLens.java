package io.dienstream.datasets.prepare;

import io.dienstream.datasets.log.LineException;
import io.dienstream.datasets.log.LogTimes;
import io.dienstream.dien.history.EventKey;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * MovieLens 100k ({@code u.data, u.item, u.user}) or 1M ({@code ratings.dat, movies.dat,
 * users.dat}) as GroupLens ships them. A rating of 4 or 5 is a behavior; the category is the first
 * genre; age, gender and occupation are user fields.
 */
public final class MovieLens implements InteractionSource {
    private static final int LIKED = 4;
    private static final int FIRST_GENRE_COLUMN = 5;
    private static final String[] GENRES = {
        "unknown",
        "Action",
        "Adventure",
        "Animation",
        "Children's",
        "Comedy",
        "Crime",
        "Documentary",
        "Drama",
        "Fantasy",
        "Film-Noir",
        "Horror",
        "Musical",
        "Mystery",
        "Romance",
        "Sci-Fi",
        "Thriller",
        "War",
        "Western"
    };

    private final boolean small;
    private final Path ratings;
    private final Path movies;
    private final Path users;
    private final Map<String, String> titles = new HashMap<>();
    private final Map<String, String> genres = new HashMap<>();
    private final Map<String, Map<String, String>> people = new HashMap<>();

    /**
     * @throws FileNotFoundException where the directory has the files of neither
     */
    public MovieLens(Path directory) throws FileNotFoundException {
        small = Files.exists(directory.resolve("u.data"));
        ratings = directory.resolve(small ? "u.data" : "ratings.dat");
        movies = directory.resolve(small ? "u.item" : "movies.dat");
        users = directory.resolve(small ? "u.user" : "users.dat");
        for (Path file : files()) {
            if (!Files.isRegularFile(file)) {
                throw new FileNotFoundException(
                        file
                                + " is missing; expected u.data, u.item, u.user (100k) or"
                                + " ratings.dat, movies.dat, users.dat (1M)");
            }
        }
    }

    @Override
    public List<Path> files() {
        return List.of(ratings, movies, users);
    }

    @Override
    public List<String> userFields() {
        return List.of("age", "gender", "occupation");
    }

    @Override
    public Map<String, String> user(String id) {
        return people.getOrDefault(id, Map.of());
    }

    @Override
    public void read(LineBudget bad, Consumer consumer) throws IOException {
        InteractionSource.lines(movies, bad, (line, number) -> movie(line));
        InteractionSource.lines(users, bad, (line, number) -> person(line));
        InteractionSource.lines(
                ratings,
                bad,
                (line, number) -> {
                    String[] c = columns(line, small ? "\t" : "::", 4);
                    if (number(c[2]) >= LIKED) {
                        List<String> ad = List.of(c[1], genres.getOrDefault(c[1], ""));
                        consumer.accept(
                                new Interaction(
                                        c[0],
                                        ad,
                                        LogTimes.ofSeconds(number(c[3])),
                                        EventKey.ofNumber(number)));
                    }
                });
    }

    @Override
    public Map<String, String> titles() {
        return titles;
    }

    private void movie(String line) throws LineException {
        if (!small) {
            String[] c = columns(line, "::", 3);
            titles.put(c[0], c[1]);
            genres.put(c[0], c[2].split("\\|")[0]);
            return;
        }
        String[] c = columns(line, "\\|", FIRST_GENRE_COLUMN + GENRES.length);
        titles.put(c[0], c[1]);
        for (int g = 0; g < GENRES.length; g++) {
            if (c[FIRST_GENRE_COLUMN + g].equals("1")) {
                genres.put(c[0], GENRES[g]);
                return;
            }
        }
    }

    private void person(String line) throws LineException {
        String[] c = columns(line, small ? "\\|" : "::", 5);
        people.put(
                c[0],
                small
                        ? Map.of("age", decade(c[1]), "gender", c[2], "occupation", c[3])
                        : Map.of("age", c[2], "gender", c[1], "occupation", c[3]));
    }

    /** 100k gives years; 1M gives groups. */
    private static String decade(String age) throws LineException {
        return number(age) / 10 * 10 + "s";
    }

    private static String[] columns(String line, String separator, int n) throws LineException {
        String[] columns = line.split(separator, -1);
        if (columns.length != n) {
            throw new LineException(columns.length + " columns instead of " + n);
        }
        return columns;
    }

    private static long number(String text) throws LineException {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new LineException("'" + text + "' is no whole number");
        }
    }
}
