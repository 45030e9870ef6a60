"""The words of the site itself: menu, navigation, messages. None of them belongs to an article."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Phrases:
    site: str
    home: str
    menu: tuple[tuple[str, str], ...]
    other_language: tuple[str, str]
    search: str
    back: tuple[str, str, str]
    views: str
    hours_ago: str
    next_page: str
    latest: str
    tabs: tuple[str, ...]
    not_found: tuple[str, str]
    maintenance: tuple[str, str]
    login: tuple[str, str]
    captcha: tuple[str, str]
    rights: str
    partners: str


_MENU_PATHS: Final = (
    "/news/",
    "/documents/",
    "/institute",
    "/structure/",
    "/authorized_organs/secretariat/",
    "/presscenter/",
)


def _menu(*names: str) -> tuple[tuple[str, str], ...]:
    return tuple(zip(_MENU_PATHS, names, strict=True))


PHRASES: Final[dict[str, Phrases]] = {
    "en": Phrases(
        site="A replica of a treaty organization's site",
        home="Main page",
        menu=_menu("News", "Documents", "The institute", "Structure", "Secretariat", "For journalists"),
        other_language=("Русский", "https://odkb-csto.org/"),
        search="Find on the site",
        back=("Go back", "Back to the section", "Back to the all news"),
        views="Views",
        hours_ago="hours ago",
        next_page="Next",
        latest="Latest",
        tabs=("News", "Speeches", "In the media"),
        not_found=("Element not found", "There is nothing at this address, or it has been taken down."),
        maintenance=("The site is under maintenance", "We are working on it. Please come back later."),
        login=("Authorization", "Please log in to see this page."),
        captcha=("Checking your browser", "Type the letters from the picture to go on."),
        rights="All rights reserved",
        partners="Partners",
    ),
    "ru": Phrases(
        site="Копия сайта договорной организации",
        home="Главная страница",
        menu=_menu("Новости", "Документы", "Институт", "Структура", "Секретариат", "Журналистам"),
        other_language=("English", "https://en.odkb-csto.org/"),
        search="Искать на сайте",
        back=("Назад", "Вернуться в раздел", "Ко всем новостям"),
        views="Просмотров",
        hours_ago="ч. назад",
        next_page="Следующая",
        latest="Последнее",
        tabs=("Новости", "Выступления", "СМИ"),
        not_found=("Элемент не найден", "По этому адресу ничего нет, или страница снята."),
        maintenance=("На сайте идут технические работы", "Мы скоро закончим. Зайдите, пожалуйста, позже."),
        login=("Авторизация", "Пожалуйста, войдите, чтобы увидеть эту страницу."),
        captcha=("Проверка браузера", "Введите буквы с картинки, чтобы продолжить."),
        rights="Все права защищены",
        partners="Партнёры",
    ),
}
